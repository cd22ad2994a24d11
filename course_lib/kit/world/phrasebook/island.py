"""Weather, the sea, animals, the lighthouse."""

TEXT = """
오늘은 바람이 많이 불어요.
It is very windy today.
今日は風が強いです。
今天风很大。
Heute ist es sehr windig.
Il y a beaucoup de vent aujourd'hui.
Hoy hace mucho viento.
Oggi c'è molto vento.
Hoje está ventando muito.
Het waait hard vandaag.
Hôm nay gió to.
Hari ini anginnya kencang.
Сегодня очень ветрено.

내일은 비가 올 것 같아요.
It looks like rain tomorrow.
明日は雨が降りそうです。
明天可能会下雨。
Morgen wird es wohl regnen.
Il va sans doute pleuvoir demain.
Parece que mañana va a llover.
Domani probabilmente pioverà.
Parece que amanhã vai chover.
Morgen gaat het waarschijnlijk regenen.
Có lẽ ngày mai trời sẽ mưa.
Sepertinya besok akan hujan.
Завтра, наверное, будет дождь.

기온은 {n}도입니다.
The temperature is {n} degrees.
気温は{n}度です。
气温是{n}度。
Es sind {n} Grad.
Il fait {n} degrés.
Estamos a {n} grados.
Ci sono {n} gradi.
Está fazendo {n} graus.
Het is {n} graden.
Nhiệt độ là {n} độ.
Suhunya {n} derajat.
Температура {n} градусов.

안개 때문에 등대가 보이지 않아요.
We cannot see the lighthouse because of the fog.
霧のせいで灯台が見えません。
因为有雾，看不见灯塔。
Wegen des Nebels sieht man den Leuchtturm nicht.
On ne voit pas le phare à cause du brouillard.
No se ve el faro por la niebla.
Non si vede il faro per la nebbia.
Não se vê o farol por causa da neblina.
Door de mist is de vuurtoren niet te zien.
Vì sương mù nên không nhìn thấy ngọn hải đăng.
Mercusuar tidak terlihat karena kabut.
Из-за тумана не видно маяка.

등대의 불이 밤새 깜박였어요.
The light of the lighthouse blinked all night.
灯台の明かりが一晩中点滅していました。
灯塔的灯闪了一整夜。
Das Licht des Leuchtturms blinkte die ganze Nacht.
La lumière du phare a clignoté toute la nuit.
La luz del faro parpadeó toda la noche.
La luce del faro ha lampeggiato tutta la notte.
A luz do farol piscou a noite toda.
Het licht van de vuurtoren knipperde de hele nacht.
Đèn hải đăng nhấp nháy suốt đêm.
Lampu mercusuar berkedip sepanjang malam.
Огонь маяка мигал всю ночь.

이 섬에는 소나무가 많아요.
There are many pine trees on this island.
この島には松の木がたくさんあります。
这个岛上有很多松树。
Auf dieser Insel gibt es viele Kiefern.
Il y a beaucoup de pins sur cette île.
En esta isla hay muchos pinos.
Su quest'isola ci sono molti pini.
Há muitos pinheiros nesta ilha.
Op dit eiland staan veel dennenbomen.
Trên đảo này có nhiều cây thông.
Di pulau ini banyak pohon pinus.
На этом острове много сосен.

고양이 {n}마리가 지붕 위에서 자고 있어요.
{n} cats are sleeping on the roof.
屋根の上で猫が{n}匹寝ています。
屋顶上睡着{n}只猫。
{n} Katzen schlafen auf dem Dach.
{n} chats dorment sur le toit.
{n} gatos duermen en el tejado.
{n} gatti dormono sul tetto.
{n} gatos estão dormindo no telhado.
Er slapen {n} katten op het dak.
{n} con mèo đang ngủ trên mái nhà.
{n} ekor kucing sedang tidur di atap.
{n} кошек спят на крыше.

겨울이 오면 오리가 돌아와요.
The ducks come back when winter comes.
冬になると鴨が戻ってきます。
冬天一到，野鸭就回来了。
Wenn der Winter kommt, kehren die Enten zurück.
Les canards reviennent quand l'hiver arrive.
Los patos vuelven cuando llega el invierno.
Quando arriva l'inverno le anatre tornano.
Os patos voltam quando chega o inverno.
Als de winter komt, keren de eenden terug.
Khi mùa đông đến, đàn vịt quay trở lại.
Bebek-bebek kembali saat musim dingin tiba.
Когда приходит зима, утки возвращаются.

파도가 너무 높아서 수영할 수 없어요.
The waves are too high for swimming.
波が高すぎて泳げません。
浪太大了，不能游泳。
Die Wellen sind zu hoch zum Schwimmen.
Les vagues sont trop hautes pour nager.
Las olas son demasiado altas para nadar.
Le onde sono troppo alte per nuotare.
As ondas estão altas demais para nadar.
De golven zijn te hoog om te zwemmen.
Sóng quá cao nên không bơi được.
Ombaknya terlalu tinggi untuk berenang.
Волны слишком высокие, купаться нельзя.

아이들이 바닷가에서 조개를 줍고 있어요.
The children are gathering shells on the beach.
子どもたちが浜辺で貝を拾っています。
孩子们在海边捡贝壳。
Die Kinder sammeln am Strand Muscheln.
Les enfants ramassent des coquillages sur la plage.
Los niños recogen conchas en la playa.
I bambini raccolgono conchiglie sulla spiaggia.
As crianças estão catando conchas na praia.
De kinderen rapen schelpen op het strand.
Bọn trẻ đang nhặt vỏ sò trên bãi biển.
Anak-anak sedang mengumpulkan kerang di pantai.
Дети собирают ракушки на пляже.

봄에는 섬 전체에 꽃이 핍니다.
In spring, flowers bloom all over the island.
春には島中に花が咲きます。
春天，整个岛上鲜花盛开。
Im Frühling blüht die ganze Insel.
Au printemps, toute l'île est en fleurs.
En primavera florece toda la isla.
In primavera fiorisce tutta l'isola.
Na primavera, a ilha inteira floresce.
In de lente bloeit het hele eiland.
Vào mùa xuân, hoa nở khắp đảo.
Pada musim semi, bunga bermekaran di seluruh pulau.
Весной весь остров в цвету.

오늘 밤에는 별이 아주 잘 보여요.
The stars are very clear tonight.
今夜は星がとてもよく見えます。
今晚星星看得很清楚。
Heute Nacht sind die Sterne sehr klar zu sehen.
On voit très bien les étoiles ce soir.
Esta noche se ven muy bien las estrellas.
Stanotte le stelle si vedono benissimo.
Hoje à noite dá para ver muito bem as estrelas.
Vannacht zijn de sterren heel helder.
Tối nay nhìn thấy sao rất rõ.
Malam ini bintang-bintang terlihat sangat jelas.
Сегодня ночью прекрасно видно звёзды.

어부는 그물을 고치고 있습니다.
The fisherman is mending his net.
漁師は網を直しています。
渔夫正在补渔网。
Der Fischer flickt sein Netz.
Le pêcheur répare son filet.
El pescador arregla su red.
Il pescatore ripara la rete.
O pescador está consertando a rede.
De visser herstelt zijn net.
Người đánh cá đang vá lưới.
Nelayan itu sedang memperbaiki jalanya.
Рыбак чинит сеть.

섬에는 {n}개의 작은 가게가 있어요.
There are {n} small shops on the island.
島には小さな店が{n}軒あります。
岛上有{n}家小店。
Auf der Insel gibt es {n} kleine Läden.
Il y a {n} petits magasins sur l'île.
En la isla hay {n} tiendas pequeñas.
Sull'isola ci sono {n} piccoli negozi.
Na ilha há {n} lojinhas.
Op het eiland zijn {n} kleine winkels.
Trên đảo có {n} cửa hàng nhỏ.
Di pulau ini ada {n} toko kecil.
На острове {n} маленьких магазинов.
"""
