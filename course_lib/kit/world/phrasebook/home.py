"""Home, school, work."""

TEXT = """
{name:은/는} 매일 아침 책을 읽어요.
{name} reads a book every morning.
{name}は毎朝本を読みます。
{name}每天早上看书。
{name} liest jeden Morgen ein Buch.
{name} lit un livre tous les matins.
{name} lee un libro cada mañana.
{name} legge un libro ogni mattina.
{name} lê um livro todas as manhãs.
{name} leest elke ochtend een boek.
Sáng nào {name} cũng đọc sách.
{name} membaca buku setiap pagi.
{name} каждое утро читает книгу.

{name:은/는} 지금 편지를 쓰고 있어요.
{name} is writing a letter now.
{name}は今手紙を書いています。
{name}正在写信。
{name} schreibt gerade einen Brief.
{name} écrit une lettre en ce moment.
{name} está escribiendo una carta.
{name} sta scrivendo una lettera.
{name} está escrevendo uma carta.
{name} schrijft nu een brief.
{name} đang viết thư.
{name} sedang menulis surat.
{name} сейчас пишет письмо.

수업은 {time}에 시작합니다.
The lesson starts at {time}.
授業は{time}に始まります。
{time}开始上课。
Der Unterricht beginnt um {time} Uhr.
Le cours commence à {time}.
La clase empieza a las {time}.
La lezione comincia alle {time}.
A aula começa às {time}.
De les begint om {time} uur.
Lớp học bắt đầu lúc {time}.
Pelajaran dimulai pukul {time}.
Урок начинается в {time}.

우리 반에는 학생이 {n}명 있어요.
There are {n} pupils in our class.
私たちのクラスには生徒が{n}人います。
我们班有{n}个学生。
In unserer Klasse sind {n} Schüler.
Il y a {n} élèves dans notre classe.
En nuestra clase hay {n} alumnos.
Nella nostra classe ci sono {n} alunni.
Na nossa turma há {n} alunos.
In onze klas zitten {n} leerlingen.
Lớp chúng tôi có {n} học sinh.
Di kelas kami ada {n} murid.
В нашем классе {n} учеников.

숙제를 먼저 하고 놀아라.
Do your homework first, then play.
先に宿題をしてから遊びなさい。
先做作业再玩。
Mach zuerst deine Hausaufgaben, dann darfst du spielen.
Fais d'abord tes devoirs, tu joueras après.
Primero haz los deberes y luego juega.
Prima fai i compiti, poi giochi.
Faça primeiro a lição, depois pode brincar.
Maak eerst je huiswerk, dan mag je spelen.
Làm bài tập trước rồi hãy chơi.
Kerjakan PR dulu, baru bermain.
Сначала сделай уроки, потом играй.

창문을 닫아 주세요. 추워요.
Please close the window. It is cold.
窓を閉めてください。寒いです。
请关上窗户，很冷。
Mach bitte das Fenster zu, es ist kalt.
Ferme la fenêtre, s'il te plaît, il fait froid.
Cierra la ventana, por favor, hace frío.
Chiudi la finestra, per favore, fa freddo.
Feche a janela, por favor, está frio.
Doe het raam dicht, alsjeblieft, het is koud.
Đóng cửa sổ lại nhé, lạnh quá.
Tolong tutup jendelanya, dingin.
Закройте, пожалуйста, окно, холодно.

할머니는 부엌에서 노래를 부르세요.
Grandmother is singing in the kitchen.
おばあさんは台所で歌を歌っています。
奶奶在厨房里唱歌。
Großmutter singt in der Küche.
Grand-mère chante dans la cuisine.
La abuela canta en la cocina.
La nonna canta in cucina.
A avó está cantando na cozinha.
Oma zingt in de keuken.
Bà đang hát trong bếp.
Nenek sedang bernyanyi di dapur.
Бабушка поёт на кухне.

열쇠를 어디에 두었는지 잊어버렸어요.
I forgot where I put the key.
鍵をどこに置いたか忘れてしまいました。
我忘了把钥匙放在哪里了。
Ich habe vergessen, wo ich den Schlüssel hingelegt habe.
J'ai oublié où j'ai mis la clé.
He olvidado dónde puse la llave.
Ho dimenticato dove ho messo la chiave.
Esqueci onde coloquei a chave.
Ik ben vergeten waar ik de sleutel heb gelegd.
Tôi quên mất đã để chìa khóa ở đâu.
Saya lupa di mana saya menaruh kunci.
Не помню, где лежит ключ.

오늘 저녁에는 같이 영화를 봐요.
Let's watch a film together this evening.
今晩一緒に映画を見ましょう。
今晚一起看电影吧。
Lass uns heute Abend zusammen einen Film sehen.
Regardons un film ensemble ce soir.
Vamos a ver una película juntos esta noche.
Guardiamo un film insieme stasera.
Vamos ver um filme juntos hoje à noite.
Laten we vanavond samen een film kijken.
Tối nay cùng xem phim nhé.
Ayo nonton film bersama malam ini.
Давай сегодня вечером вместе посмотрим фильм.

저는 {n}살 때부터 바닷가에 살았어요.
I have lived by the sea since I was {n}.
私は{n}歳のときから海のそばに住んでいます。
我从{n}岁起就住在海边。
Ich wohne am Meer, seit ich {n} bin.
J'habite au bord de la mer depuis l'âge de {n} ans.
Vivo junto al mar desde los {n} años.
Vivo vicino al mare da quando avevo {n} anni.
Moro perto do mar desde os {n} anos.
Ik woon aan zee sinds mijn {n}e.
Tôi sống gần biển từ năm {n} tuổi.
Saya tinggal di tepi laut sejak umur {n} tahun.
Я живу у моря с {n} лет.

커피보다 차를 더 좋아해요.
I like tea better than coffee.
コーヒーよりお茶のほうが好きです。
比起咖啡，我更喜欢茶。
Ich mag Tee lieber als Kaffee.
J'aime mieux le thé que le café.
Me gusta más el té que el café.
Preferisco il tè al caffè.
Gosto mais de chá do que de café.
Ik hou meer van thee dan van koffie.
Tôi thích trà hơn cà phê.
Saya lebih suka teh daripada kopi.
Я люблю чай больше, чем кофе.

고장 난 라디오를 고칠 수 있어요?
Can you repair a broken radio?
壊れたラジオを直せますか。
你能修好坏了的收音机吗？
Können Sie ein kaputtes Radio reparieren?
Pouvez-vous réparer une radio cassée ?
¿Puede arreglar una radio rota?
Sa riparare una radio rotta?
Você consegue consertar um rádio quebrado?
Kunt u een kapotte radio repareren?
Bạn có sửa được cái đài hỏng không?
Bisakah Anda memperbaiki radio yang rusak?
Вы можете починить сломанное радио?

이 이야기는 여기에서 끝납니다.
This story ends here.
この話はここで終わります。
这个故事到这里就结束了。
Diese Geschichte endet hier.
Cette histoire se termine ici.
Esta historia termina aquí.
Questa storia finisce qui.
Esta história termina aqui.
Dit verhaal eindigt hier.
Câu chuyện này kết thúc ở đây.
Cerita ini berakhir di sini.
Эта история заканчивается здесь.

{name:은/는} 무엇이든 끝까지 해내요.
{name} always finishes what has to be done.
{name}は何でも最後までやり遂げます。
{name}做什么事都坚持到底。
{name} führt alles zu Ende.
{name} va toujours jusqu'au bout.
{name} siempre termina lo que empieza.
{name} finisce sempre quello che comincia.
{name} sempre termina o que começa.
{name} maakt alles altijd af.
{name} làm việc gì cũng đến cùng.
{name} selalu menyelesaikan semuanya.
{name} всегда всё доводит до конца.
"""
