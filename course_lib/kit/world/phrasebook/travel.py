"""Finding one's way, ferries, rooms, being ill."""

TEXT = """
도서관은 어디에 있어요?
Where is the library?
図書館はどこですか。
图书馆在哪里？
Wo ist die Bibliothek?
Où est la bibliothèque ?
¿Dónde está la biblioteca?
Dov'è la biblioteca?
Onde fica a biblioteca?
Waar is de bibliotheek?
Thư viện ở đâu?
Di mana perpustakaan?
Где находится библиотека?

걸어서 {n}분쯤 걸려요.
It takes about {n} minutes on foot.
歩いて{n}分くらいかかります。
走路大约要{n}分钟。
Zu Fuß sind es etwa {n} Minuten.
C'est à environ {n} minutes à pied.
Se tarda unos {n} minutos a pie.
A piedi ci vogliono circa {n} minuti.
São uns {n} minutos a pé.
Het is ongeveer {n} minuten lopen.
Đi bộ mất khoảng {n} phút.
Kira-kira {n} menit berjalan kaki.
Пешком около {n} минут.

다음 배는 {time}에 떠납니다.
The next boat leaves at {time}.
次の船は{time}に出ます。
下一班船{time}出发。
Das nächste Schiff fährt um {time} Uhr ab.
Le prochain bateau part à {time}.
El próximo barco sale a las {time}.
La prossima nave parte alle {time}.
O próximo barco sai às {time}.
De volgende boot vertrekt om {time} uur.
Chuyến tàu tiếp theo rời bến lúc {time}.
Kapal berikutnya berangkat pukul {time}.
Следующий паром отходит в {time}.

오른쪽으로 돌면 우체국이 보여요.
Turn right and you will see the post office.
右に曲がると郵便局が見えます。
向右转就能看到邮局。
Biegen Sie rechts ab, dann sehen Sie die Post.
Tournez à droite et vous verrez la poste.
Gire a la derecha y verá la oficina de correos.
Giri a destra e vedrà l'ufficio postale.
Vire à direita e você verá o correio.
Sla rechtsaf, dan ziet u het postkantoor.
Rẽ phải là bạn sẽ thấy bưu điện.
Belok kanan, nanti kelihatan kantor posnya.
Поверните направо, и вы увидите почту.

길을 잃은 것 같아요.
I think I am lost.
道に迷ったようです。
我好像迷路了。
Ich glaube, ich habe mich verlaufen.
Je crois que je me suis perdu.
Creo que me he perdido.
Credo di essermi perso.
Acho que estou perdido.
Ik denk dat ik verdwaald ben.
Hình như tôi bị lạc đường.
Sepertinya saya tersesat.
Кажется, мы заблудились.

표를 {n}장 주세요.
{n} tickets, please.
切符を{n}枚ください。
请给我{n}张票。
{n} Fahrkarten, bitte.
{n} billets, s'il vous plaît.
{n} billetes, por favor.
{n} biglietti, per favore.
{n} bilhetes, por favor.
{n} kaartjes, alstublieft.
Cho tôi {n} vé.
Minta {n} tiket.
{n} билетов, пожалуйста.

방은 {room}호이고 바다가 보입니다.
Your room is number {room}, and it looks onto the sea.
お部屋は{room}号室で、海が見えます。
您的房间是{room}号，可以看到大海。
Ihr Zimmer hat die Nummer {room} und liegt zum Meer.
Votre chambre est la {room} et donne sur la mer.
Su habitación es la {room} y da al mar.
La sua camera è la {room} e dà sul mare.
O seu quarto é o {room} e dá para o mar.
Uw kamer is nummer {room} en kijkt uit op zee.
Phòng của bạn là số {room} và nhìn ra biển.
Kamar Anda nomor {room} dan menghadap ke laut.
Ваш номер {room}, он с видом на море.

배가 취소되었어요.
The ferry has been cancelled.
船は欠航になりました。
轮船取消了。
Die Fähre fällt aus.
Le ferry est annulé.
El ferry está cancelado.
Il traghetto è stato cancellato.
A balsa foi cancelada.
De veerboot vaart niet.
Chuyến phà đã bị hủy.
Feri dibatalkan.
Паром отменили.

여기에서 사진을 찍어도 될까요?
May I take a photo here?
ここで写真を撮ってもいいですか。
这里可以拍照吗？
Darf ich hier fotografieren?
Puis-je prendre une photo ici ?
¿Puedo hacer una foto aquí?
Posso fare una foto qui?
Posso tirar uma foto aqui?
Mag ik hier een foto maken?
Tôi chụp ảnh ở đây được không?
Boleh saya berfoto di sini?
Здесь можно фотографировать?

어제부터 머리가 아파요.
I have had a headache since yesterday.
昨日から頭が痛いです。
我从昨天开始头疼。
Ich habe seit gestern Kopfschmerzen.
J'ai mal à la tête depuis hier.
Me duele la cabeza desde ayer.
Ho mal di testa da ieri.
Estou com dor de cabeça desde ontem.
Ik heb sinds gisteren hoofdpijn.
Tôi bị đau đầu từ hôm qua.
Kepala saya sakit sejak kemarin.
Со вчерашнего дня у меня болит голова.

이 약을 하루에 세 번 드세요.
Take this medicine three times a day.
この薬を一日に三回飲んでください。
这个药一天吃三次。
Nehmen Sie dieses Medikament dreimal am Tag.
Prenez ce médicament trois fois par jour.
Tome esta medicina tres veces al día.
Prenda questa medicina tre volte al giorno.
Tome este remédio três vezes ao dia.
Neem dit medicijn drie keer per dag.
Uống thuốc này ba lần một ngày.
Minum obat ini tiga kali sehari.
Принимайте это лекарство три раза в день.

지도를 한 장 얻을 수 있을까요?
Could I get a map?
地図を一枚もらえますか。
可以给我一张地图吗？
Könnte ich einen Stadtplan bekommen?
Pourrais-je avoir un plan ?
¿Me puede dar un mapa?
Potrei avere una mappa?
Você pode me dar um mapa?
Mag ik een plattegrond?
Cho tôi xin một tấm bản đồ được không?
Boleh saya minta peta?
Можно мне карту?

우리는 {time}에 항구에서 만나요.
We are meeting at the harbour at {time}.
私たちは{time}に港で会います。
我们{time}在港口见面。
Wir treffen uns um {time} Uhr am Hafen.
Nous nous retrouvons au port à {time}.
Nos vemos en el puerto a las {time}.
Ci incontriamo al porto alle {time}.
Nós nos encontramos no porto às {time}.
We zien elkaar om {time} uur bij de haven.
Chúng ta gặp nhau ở cảng lúc {time}.
Kita bertemu di pelabuhan pukul {time}.
Встречаемся в порту в {time}.
"""
