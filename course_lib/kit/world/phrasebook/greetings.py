"""Meeting people."""

TEXT = """
안녕하세요, 저는 {name:이에요/예요}.
Hello, my name is {name}.
こんにちは、{name}と申します。
你好，我叫{name}。
Hallo, ich heiße {name}.
Bonjour, je m'appelle {name}.
Hola, me llamo {name}.
Ciao, mi chiamo {name}.
Olá, eu me chamo {name}.
Hallo, ik heet {name}.
Xin chào, tôi tên là {name}.
Halo, nama saya {name}.
Здравствуйте, меня зовут {name}.

만나서 반갑습니다.
Nice to meet you.
お会いできて嬉しいです。
很高兴认识你。
Freut mich, Sie kennenzulernen.
Ravi de vous rencontrer.
Mucho gusto en conocerle.
Piacere di conoscerla.
Prazer em conhecê-lo.
Aangenaam kennis te maken.
Rất vui được gặp bạn.
Senang bertemu dengan Anda.
Приятно познакомиться.

오늘 기분이 어때요?
How are you feeling today?
今日の調子はどうですか。
你今天感觉怎么样？
Wie geht es Ihnen heute?
Comment vous sentez-vous aujourd'hui ?
¿Cómo se siente hoy?
Come si sente oggi?
Como você está se sentindo hoje?
Hoe voelt u zich vandaag?
Hôm nay bạn thấy thế nào?
Bagaimana perasaan Anda hari ini?
Как вы себя сегодня чувствуете?

도와주셔서 정말 고맙습니다.
Thank you very much for your help.
手伝ってくださって、本当にありがとうございます。
非常感谢你的帮助。
Vielen Dank für Ihre Hilfe.
Merci beaucoup pour votre aide.
Muchas gracias por su ayuda.
Grazie mille per il suo aiuto.
Muito obrigado pela sua ajuda.
Hartelijk dank voor uw hulp.
Cảm ơn bạn rất nhiều vì đã giúp đỡ.
Terima kasih banyak atas bantuan Anda.
Большое спасибо за вашу помощь.

늦어서 죄송합니다.
I am sorry for being late.
遅れてすみません。
对不起，我迟到了。
Entschuldigung für die Verspätung.
Je suis désolé d'être en retard.
Perdón por llegar tarde.
Mi scusi per il ritardo.
Desculpe pelo atraso.
Sorry dat ik te laat ben.
Xin lỗi vì tôi đến muộn.
Maaf, saya terlambat.
Извините за опоздание.

{name:은/는} 내일 다시 올 거예요.
{name} is coming back tomorrow.
{name}は明日また来ます。
{name}明天会再来。
{name} kommt morgen wieder.
{name} revient demain.
{name} vuelve mañana.
{name} torna domani.
{name} volta amanhã.
{name} komt morgen terug.
Ngày mai {name} sẽ quay lại.
{name} akan kembali besok.
{name} завтра вернётся.

우리는 {n}년 전부터 아는 사이예요.
We have known each other for {n} years.
私たちは{n}年前からの知り合いです。
我们认识{n}年了。
Wir kennen uns seit {n} Jahren.
Nous nous connaissons depuis {n} ans.
Nos conocemos desde hace {n} años.
Ci conosciamo da {n} anni.
Nós nos conhecemos há {n} anos.
Wij kennen elkaar al {n} jaar.
Chúng tôi quen nhau đã {n} năm.
Kami sudah saling kenal selama {n} tahun.
Мы знаем друг друга уже {n} лет.

천천히 말씀해 주시겠어요?
Could you speak more slowly, please?
もう少しゆっくり話していただけますか。
请你说慢一点，好吗？
Könnten Sie bitte langsamer sprechen?
Pourriez-vous parler plus lentement, s'il vous plaît ?
¿Podría hablar más despacio, por favor?
Potrebbe parlare più lentamente, per favore?
Você poderia falar mais devagar, por favor?
Kunt u alstublieft wat langzamer praten?
Bạn có thể nói chậm hơn được không?
Bisakah Anda berbicara lebih pelan?
Говорите, пожалуйста, помедленнее.

저는 이 말을 이해하지 못했어요.
I did not understand this word.
この言葉の意味が分かりませんでした。
我不明白这个词的意思。
Ich habe dieses Wort nicht verstanden.
Je n'ai pas compris ce mot.
No entendí esta palabra.
Non ho capito questa parola.
Eu não entendi esta palavra.
Ik heb dit woord niet begrepen.
Tôi không hiểu từ này.
Saya tidak mengerti kata ini.
Я не знаю этого слова.

주말 잘 보내세요!
Have a nice weekend!
よい週末を。
祝你周末愉快！
Schönes Wochenende!
Bon week-end !
¡Buen fin de semana!
Buon fine settimana!
Bom fim de semana!
Prettig weekend!
Chúc cuối tuần vui vẻ!
Selamat berakhir pekan!
Хороших выходных!

생일 축하해요, {name}!
Happy birthday, {name}!
{name}、お誕生日おめでとうございます。
{name}，祝你生日快乐！
Alles Gute zum Geburtstag, {name}!
Joyeux anniversaire, {name} !
¡Feliz cumpleaños, {name}!
Buon compleanno, {name}!
Feliz aniversário, {name}!
Gefeliciteerd met je verjaardag, {name}!
Chúc mừng sinh nhật, {name}!
Selamat ulang tahun, {name}!
С днём рождения, {name}!

안녕히 가세요. 또 오세요.
Goodbye, and come again.
さようなら。また来てください。
再见，欢迎再来。
Auf Wiedersehen, kommen Sie bald wieder.
Au revoir, et à bientôt.
Adiós, vuelva pronto.
Arrivederci, torni presto.
Até logo, volte sempre.
Tot ziens, kom gauw terug.
Tạm biệt, hẹn gặp lại.
Selamat jalan, datang lagi ya.
До свидания, приходите ещё.

저는 한국어를 조금 할 줄 알아요.
I speak a little Korean.
私は韓国語が少し話せます。
我会说一点韩语。
Ich spreche ein wenig Koreanisch.
Je parle un peu coréen.
Hablo un poco de coreano.
Parlo un po' di coreano.
Eu falo um pouco de coreano.
Ik spreek een beetje Koreaans.
Tôi nói được một chút tiếng Hàn.
Saya bisa sedikit bahasa Korea.
Я немного говорю по-корейски.
"""
