"""Buying things, eating out."""

TEXT = """
이거 얼마예요?
How much is this?
これはいくらですか。
这个多少钱？
Was kostet das?
Combien ça coûte ?
¿Cuánto cuesta esto?
Quanto costa questo?
Quanto custa isto?
Wat kost dit?
Cái này giá bao nhiêu?
Berapa harganya ini?
Сколько это стоит?

모두 {price}원입니다.
That is {price} won altogether.
全部で{price}ウォンです。
一共{price}韩元。
Das macht zusammen {price} Won.
Ça fait {price} wons en tout.
Son {price} wones en total.
In tutto sono {price} won.
São {price} wons no total.
Dat is samen {price} won.
Tất cả là {price} won.
Semuanya {price} won.
Всего {price} вон.

빵 {n}개 주세요.
{n} rolls, please.
パンを{n}個ください。
请给我{n}个面包。
{n} Brötchen, bitte.
{n} petits pains, s'il vous plaît.
{n} panecillos, por favor.
{n} panini, per favore.
{n} pãezinhos, por favor.
{n} broodjes, alstublieft.
Cho tôi {n} cái bánh mì.
Minta {n} roti, ya.
{n} булочек, пожалуйста.

카드로 계산할 수 있어요?
Can I pay by card?
カードで払えますか。
可以刷卡吗？
Kann ich mit Karte zahlen?
Puis-je payer par carte ?
¿Puedo pagar con tarjeta?
Posso pagare con la carta?
Posso pagar com cartão?
Kan ik met de kaart betalen?
Tôi trả bằng thẻ được không?
Bisa bayar pakai kartu?
Можно заплатить картой?

조금만 깎아 주세요.
Could you make it a little cheaper?
少し安くしてください。
便宜一点吧。
Geht es ein bisschen billiger?
Vous pouvez faire un petit prix ?
¿Me lo deja un poco más barato?
Mi fa un piccolo sconto?
Dá para fazer um desconto?
Kan het iets goedkoper?
Bớt một chút được không?
Boleh kurang sedikit?
Можно немного подешевле?

이 생선은 오늘 아침에 잡은 거예요.
This fish was caught this morning.
この魚は今朝とれたものです。
这条鱼是今天早上捕的。
Dieser Fisch wurde heute Morgen gefangen.
Ce poisson a été pêché ce matin.
Este pescado es de esta mañana.
Questo pesce è stato pescato stamattina.
Este peixe foi pescado hoje de manhã.
Deze vis is vanochtend gevangen.
Con cá này được bắt sáng nay.
Ikan ini ditangkap tadi pagi.
Эту рыбу поймали сегодня утром.

물 한 잔 주시겠어요?
Could I have a glass of water, please?
お水を一杯いただけますか。
请给我一杯水，好吗？
Könnte ich bitte ein Glas Wasser haben?
Pourrais-je avoir un verre d'eau, s'il vous plaît ?
¿Me da un vaso de agua, por favor?
Potrei avere un bicchiere d'acqua, per favore?
Pode me dar um copo de água, por favor?
Mag ik een glas water, alstublieft?
Cho tôi xin một cốc nước.
Bolehkah saya minta segelas air?
Можно стакан воды, пожалуйста?

국수가 정말 맛있어요.
The noodles are really delicious.
麺が本当においしいです。
面条真好吃。
Die Nudeln schmecken wirklich gut.
Les nouilles sont vraiment délicieuses.
Los fideos están riquísimos.
Gli spaghetti sono davvero buoni.
O macarrão está muito gostoso.
De noedels zijn echt lekker.
Mì ngon thật đấy.
Mi ini enak sekali.
Лапша очень вкусная.

저는 고기를 먹지 않아요.
I do not eat meat.
私は肉を食べません。
我不吃肉。
Ich esse kein Fleisch.
Je ne mange pas de viande.
No como carne.
Non mangio carne.
Eu não como carne.
Ik eet geen vlees.
Tôi không ăn thịt.
Saya tidak makan daging.
Я не ем мяса.

몇 시에 문을 닫아요?
What time do you close?
何時に閉まりますか。
几点关门？
Um wie viel Uhr schließen Sie?
À quelle heure fermez-vous ?
¿A qué hora cierran?
A che ora chiudete?
A que horas vocês fecham?
Hoe laat gaat u dicht?
Mấy giờ đóng cửa?
Jam berapa tutupnya?
Во сколько вы закрываетесь?

가게는 {time}에 문을 엽니다.
The shop opens at {time}.
店は{time}に開きます。
商店{time}开门。
Der Laden öffnet um {time} Uhr.
Le magasin ouvre à {time}.
La tienda abre a las {time}.
Il negozio apre alle {time}.
A loja abre às {time}.
De winkel gaat om {time} uur open.
Cửa hàng mở cửa lúc {time}.
Toko buka pukul {time}.
Магазин открывается в {time}.

영수증을 받을 수 있을까요?
May I have the receipt, please?
レシートをもらえますか。
可以给我收据吗？
Könnte ich bitte die Quittung bekommen?
Puis-je avoir le reçu, s'il vous plaît ?
¿Me puede dar el recibo, por favor?
Posso avere lo scontrino, per favore?
Pode me dar o recibo, por favor?
Mag ik de bon, alstublieft?
Cho tôi xin hóa đơn.
Boleh minta struknya?
Можно чек, пожалуйста?

이 책을 {n}권 주문하고 싶어요.
I would like to order {n} copies of this book.
この本を{n}冊注文したいです。
我想订{n}本这本书。
Ich möchte {n} Exemplare dieses Buches bestellen.
Je voudrais commander {n} exemplaires de ce livre.
Quisiera pedir {n} ejemplares de este libro.
Vorrei ordinare {n} copie di questo libro.
Eu gostaria de encomendar {n} exemplares deste livro.
Ik wil graag {n} exemplaren van dit boek bestellen.
Tôi muốn đặt {n} quyển sách này.
Saya ingin memesan {n} eksemplar buku ini.
Я хочу заказать {n} экземпляров этой книги.
"""
