"""The same three sentences of news in 55 languages, each with its code."""

from __future__ import annotations

SENTENCES = {
    "en": [
        "The council voted eight to one on Thursday to keep the old library open until the spring.",
        "Farmers in the valley say the frost has ruined most of this year's apples.",
        "Police closed the bridge for several hours after a lorry overturned in heavy rain.",
    ],
    "de": [
        "Der Stadtrat stimmte am Donnerstag mit acht zu einer Stimme dafür, die alte Bücherei bis zum Frühjahr offen zu halten.",
        "Bauern im Tal sagen, der Frost habe die meisten Äpfel dieses Jahres vernichtet.",
        "Die Polizei sperrte die Brücke für mehrere Stunden, nachdem ein Lastwagen im Regen umgekippt war.",
    ],
    "fr": [
        "Le conseil municipal a voté jeudi, par huit voix contre une, le maintien de la vieille bibliothèque jusqu'au printemps.",
        "Les agriculteurs de la vallée disent que le gel a détruit la plupart des pommes de cette année.",
        "La police a fermé le pont pendant plusieurs heures après qu'un camion s'est renversé sous la pluie.",
    ],
    "es": [
        "El concejo votó el jueves, por ocho votos contra uno, mantener abierta la vieja biblioteca hasta la primavera.",
        "Los agricultores del valle dicen que la helada ha arruinado la mayor parte de las manzanas de este año.",
        "La policía cerró el puente durante varias horas después de que un camión volcara bajo la lluvia.",
    ],
    "it": [
        "Il consiglio ha votato giovedì, con otto voti contro uno, per tenere aperta la vecchia biblioteca fino alla primavera.",
        "Gli agricoltori della valle dicono che il gelo ha rovinato gran parte delle mele di quest'anno.",
        "La polizia ha chiuso il ponte per diverse ore dopo che un camion si è ribaltato sotto la pioggia.",
    ],
    "pt": [
        "A câmara votou na quinta-feira, por oito votos contra um, para manter a velha biblioteca aberta até à primavera.",
        "Os agricultores do vale dizem que a geada estragou a maior parte das maçãs deste ano.",
        "A polícia fechou a ponte durante várias horas depois de um caminhão tombar sob chuva forte.",
    ],
    "nl": [
        "De gemeenteraad stemde donderdag met acht tegen een om de oude bibliotheek tot het voorjaar open te houden.",
        "Boeren in de vallei zeggen dat de vorst het grootste deel van de appels van dit jaar heeft vernield.",
        "De politie sloot de brug urenlang af nadat een vrachtwagen in de zware regen was gekanteld.",
    ],
    "sv": [
        "Kommunfullmäktige röstade på torsdagen med åtta röster mot en för att hålla det gamla biblioteket öppet till våren.",
        "Bönderna i dalen säger att frosten har förstört de flesta av årets äpplen.",
        "Polisen stängde bron i flera timmar sedan en lastbil hade vält i det kraftiga regnet.",
    ],
    "da": [
        "Byrådet stemte torsdag med otte stemmer mod en for at holde det gamle bibliotek åbent indtil foråret.",
        "Landmændene i dalen siger, at frosten har ødelagt de fleste af årets æbler.",
        "Politiet lukkede broen i flere timer, efter at en lastbil var væltet i den kraftige regn.",
    ],
    "no": [
        "Kommunestyret stemte torsdag med åtte mot én stemme for å holde det gamle biblioteket åpent til våren.",
        "Bøndene i dalen sier at frosten har ødelagt de fleste av årets epler.",
        "Politiet stengte broen i flere timer etter at en lastebil hadde veltet i det kraftige regnet.",
    ],
    "fi": [
        "Valtuusto äänesti torstaina äänin kahdeksan yhtä vastaan vanhan kirjaston pitämisestä auki kevääseen asti.",
        "Laakson viljelijöiden mukaan halla on tuhonnut suurimman osan tämän vuoden omenoista.",
        "Poliisi sulki sillan useiksi tunneiksi, kun kuorma-auto oli kaatunut rankkasateessa.",
    ],
    "is": [
        "Bæjarstjórnin samþykkti á fimmtudag með átta atkvæðum gegn einu að halda gamla bókasafninu opnu fram á vor.",
        "Bændur í dalnum segja að frostið hafi eyðilagt flest epli þessa árs.",
        "Lögreglan lokaði brúnni í nokkrar klukkustundir eftir að vörubíll valt í mikilli rigningu.",
    ],
    "pl": [
        "Rada miasta przegłosowała w czwartek, ośmioma głosami przeciw jednemu, że stara biblioteka pozostanie otwarta do wiosny.",
        "Rolnicy z doliny mówią, że mróz zniszczył większość tegorocznych jabłek.",
        "Policja zamknęła most na kilka godzin, gdy w ulewnym deszczu przewróciła się ciężarówka.",
    ],
    "cs": [
        "Zastupitelstvo ve čtvrtek odhlasovalo osmi hlasy proti jednomu, že stará knihovna zůstane otevřená až do jara.",
        "Zemědělci v údolí říkají, že mráz zničil většinu letošních jablek.",
        "Policie uzavřela most na několik hodin poté, co se v prudkém dešti převrátil kamion.",
    ],
    "sk": [
        "Zastupiteľstvo vo štvrtok odhlasovalo ôsmimi hlasmi proti jednému, že stará knižnica zostane otvorená až do jari.",
        "Poľnohospodári v údolí hovoria, že mráz zničil väčšinu tohtoročných jabĺk.",
        "Polícia uzavrela most na niekoľko hodín po tom, čo sa v prudkom daždi prevrátil kamión.",
    ],
    "sl": [
        "Mestni svet je v četrtek z osmimi glasovi proti enemu odločil, da bo stara knjižnica odprta do pomladi.",
        "Kmetje v dolini pravijo, da je pozeba uničila večino letošnjih jabolk.",
        "Policija je most zaprla za več ur, potem ko se je v močnem dežju prevrnil tovornjak.",
    ],
    "hr": [
        "Gradsko vijeće u četvrtak je s osam glasova prema jednom odlučilo da stara knjižnica ostane otvorena do proljeća.",
        "Poljoprivrednici u dolini kažu da je mraz uništio većinu ovogodišnjih jabuka.",
        "Policija je zatvorila most na nekoliko sati nakon što se kamion prevrnuo na jakoj kiši.",
    ],
    "sr": [
        "Градско веће је у четвртак са осам гласова према једном одлучило да стара библиотека остане отворена до пролећа.",
        "Пољопривредници у долини кажу да је мраз уништио већину овогодишњих јабука.",
        "Полиција је затворила мост на неколико сати пошто се камион преврнуо на јакој киши.",
    ],
    "mk": [
        "Градскиот совет во четвртокот со осум гласа против еден одлучи старата библиотека да остане отворена до пролет.",
        "Земјоделците во долината велат дека мразот го уништил најголемиот дел од годинашните јаболка.",
        "Полицијата го затвори мостот неколку часа откако камион се преврте на силниот дожд.",
    ],
    "bg": [
        "Общинският съвет гласува в четвъртък с осем гласа срещу един старата библиотека да остане отворена до пролетта.",
        "Земеделците в долината казват, че сланата е унищожила повечето от тазгодишните ябълки.",
        "Полицията затвори моста за няколко часа, след като камион се преобърна в силния дъжд.",
    ],
    "ru": [
        "Городской совет в четверг восемью голосами против одного решил, что старая библиотека останется открытой до весны.",
        "Фермеры в долине говорят, что мороз погубил большую часть яблок этого года.",
        "Полиция закрыла мост на несколько часов после того, как под сильным дождём перевернулся грузовик.",
    ],
    "uk": [
        "Міська рада у четвер вісьмома голосами проти одного вирішила, що стара бібліотека працюватиме до весни.",
        "Фермери в долині кажуть, що мороз знищив більшу частину цьогорічних яблук.",
        "Поліція перекрила міст на кілька годин після того, як під зливою перекинулася вантажівка.",
    ],
    "be": [
        "Гарадская рада ў чацвер васьмю галасамі супраць аднаго вырашыла, што старая бібліятэка будзе адкрыта да вясны.",
        "Фермеры ў даліне кажуць, што мароз знішчыў большую частку сёлетніх яблыкаў.",
        "Паліцыя закрыла мост на некалькі гадзін пасля таго, як у моцны дождж перакуліўся грузавік.",
    ],
    "lt": [
        "Taryba ketvirtadienį aštuoniais balsais prieš vieną nusprendė, kad senoji biblioteka bus atvira iki pavasario.",
        "Slėnio ūkininkai sako, kad šalna sunaikino daugumą šių metų obuolių.",
        "Policija kelioms valandoms uždarė tiltą, kai per smarkų lietų apvirto sunkvežimis.",
    ],
    "lv": [
        "Dome ceturtdien ar astoņām balsīm pret vienu nolēma, ka vecā bibliotēka būs atvērta līdz pavasarim.",
        "Zemnieki ielejā saka, ka salna ir iznīcinājusi lielāko daļu šī gada ābolu.",
        "Policija uz vairākām stundām slēdza tiltu pēc tam, kad stiprā lietū apgāzās kravas automašīna.",
    ],
    "et": [
        "Volikogu otsustas neljapäeval kaheksa häälega ühe vastu hoida vana raamatukogu kevadeni lahti.",
        "Oru põllumehed ütlevad, et külm on hävitanud suurema osa tänavustest õuntest.",
        "Politsei sulges silla mitmeks tunniks pärast seda, kui veoauto oli tugevas vihmas ümber läinud.",
    ],
    "hu": [
        "A képviselő-testület csütörtökön nyolc szavazattal egy ellenében úgy döntött, hogy a régi könyvtár tavaszig nyitva marad.",
        "A völgyben élő gazdák szerint a fagy az idei almatermés nagy részét tönkretette.",
        "A rendőrség több órára lezárta a hidat, miután egy teherautó felborult a heves esőben.",
    ],
    "ro": [
        "Consiliul a votat joi, cu opt voturi la unu, ca vechea bibliotecă să rămână deschisă până în primăvară.",
        "Fermierii din vale spun că gerul a distrus cea mai mare parte a merelor din acest an.",
        "Poliția a închis podul timp de mai multe ore după ce un camion s-a răsturnat în ploaia puternică.",
    ],
    "el": [
        "Το δημοτικό συμβούλιο αποφάσισε την Πέμπτη με οκτώ ψήφους έναντι μίας να μείνει ανοιχτή η παλιά βιβλιοθήκη ως την άνοιξη.",
        "Οι αγρότες της κοιλάδας λένε ότι ο παγετός κατέστρεψε τα περισσότερα φετινά μήλα.",
        "Η αστυνομία έκλεισε τη γέφυρα για αρκετές ώρες αφότου ένα φορτηγό ανετράπη στη δυνατή βροχή.",
    ],
    "tr": [
        "Belediye meclisi perşembe günü bire karşı sekiz oyla eski kütüphanenin ilkbahara kadar açık kalmasına karar verdi.",
        "Vadideki çiftçiler donun bu yılki elmaların çoğunu mahvettiğini söylüyor.",
        "Şiddetli yağmurda bir kamyonun devrilmesinin ardından polis köprüyü birkaç saat kapattı.",
    ],
    "az": [
        "Bələdiyyə cümə axşamı birə qarşı səkkiz səslə köhnə kitabxananın yaza qədər açıq qalmasına qərar verdi.",
        "Vadidəki fermerlər şaxtanın bu ilki almaların çoxunu məhv etdiyini deyirlər.",
        "Güclü yağışda yük maşını aşdıqdan sonra polis körpünü bir neçə saatlığa bağladı.",
    ],
    "kk": [
        "Қалалық кеңес бейсенбі күні сегіз дауыспен ескі кітапхана көктемге дейін ашық болады деп шешті.",
        "Алқаптағы фермерлер биылғы алманың көбін аяз құртып жіберді дейді.",
        "Қатты жаңбырда жүк көлігі аударылғаннан кейін полиция көпірді бірнеше сағатқа жапты.",
    ],
    "ca": [
        "El ple va votar dijous, per vuit vots contra un, mantenir oberta la vella biblioteca fins a la primavera.",
        "Els pagesos de la vall diuen que la gelada ha fet malbé la major part de les pomes d'enguany.",
        "La policia va tancar el pont durant unes quantes hores després que un camió bolqués sota la pluja.",
    ],
    "gl": [
        "O pleno votou o xoves, por oito votos contra un, manter aberta a vella biblioteca ata a primavera.",
        "Os labregos do val din que a xeada estragou a maior parte das mazás deste ano.",
        "A policía pechou a ponte durante varias horas despois de que envorcase un camión baixo a choiva.",
    ],
    "eu": [
        "Udalak ostegunean erabaki zuen, zortzi boto baten kontra, liburutegi zaharra udaberrira arte zabalik edukitzea.",
        "Haraneko nekazariek diote izozteak aurtengo sagar gehienak hondatu dituela.",
        "Poliziak zubia itxi zuen zenbait orduz, kamioi bat euri zaparradapean irauli ondoren.",
    ],
    "ga": [
        "Vótáil an chomhairle Déardaoin, ocht vóta in aghaidh a haon, an tseanleabharlann a choinneáil oscailte go dtí an t-earrach.",
        "Deir feirmeoirí sa ghleann gur mhill an sioc an chuid is mó d'úlla na bliana seo.",
        "Dhún na gardaí an droichead ar feadh cúpla uair an chloig tar éis do leoraí iompú faoi bháisteach throm.",
    ],
    "cy": [
        "Pleidleisiodd y cyngor ddydd Iau, o wyth pleidlais i un, i gadw'r hen lyfrgell ar agor tan y gwanwyn.",
        "Dywed ffermwyr y dyffryn fod y rhew wedi difetha'r rhan fwyaf o afalau eleni.",
        "Caeodd yr heddlu'r bont am sawl awr ar ôl i lori droi drosodd yn y glaw trwm.",
    ],
    "sq": [
        "Këshilli votoi të enjten, me tetë vota kundër një, që biblioteka e vjetër të mbetet e hapur deri në pranverë.",
        "Fermerët e luginës thonë se ngrica ka shkatërruar shumicën e mollëve të këtij viti.",
        "Policia mbylli urën për disa orë pasi një kamion u përmbys në shiun e dendur.",
    ],
    "ar": [
        "صوت المجلس يوم الخميس بثمانية أصوات مقابل صوت واحد على إبقاء المكتبة القديمة مفتوحة حتى الربيع.",
        "يقول المزارعون في الوادي إن الصقيع أتلف معظم تفاح هذا العام.",
        "أغلقت الشرطة الجسر عدة ساعات بعد انقلاب شاحنة تحت المطر الغزير.",
    ],
    "fa": [
        "شورای شهر روز پنجشنبه با هشت رأی در برابر یک رأی تصمیم گرفت کتابخانه قدیمی تا بهار باز بماند.",
        "کشاورزان دره می‌گویند یخبندان بیشتر سیب‌های امسال را از بین برده است.",
        "پلیس پس از واژگون شدن یک کامیون در باران شدید، پل را چند ساعت بست.",
    ],
    "ur": [
        "کونسل نے جمعرات کو ایک کے مقابلے میں آٹھ ووٹوں سے پرانی لائبریری کو بہار تک کھلا رکھنے کا فیصلہ کیا۔",
        "وادی کے کسانوں کا کہنا ہے کہ پالے نے اس سال کے زیادہ تر سیب خراب کر دیے ہیں۔",
        "تیز بارش میں ٹرک الٹنے کے بعد پولیس نے پل کئی گھنٹوں کے لیے بند کر دیا۔",
    ],
    "he": [
        "מועצת העיר החליטה ביום חמישי ברוב של שמונה קולות נגד אחד להשאיר את הספרייה הישנה פתוחה עד האביב.",
        "החקלאים בעמק אומרים שהכפור השמיד את רוב התפוחים של השנה.",
        "המשטרה סגרה את הגשר למשך כמה שעות אחרי שמשאית התהפכה בגשם הכבד.",
    ],
    "hi": [
        "परिषद ने गुरुवार को एक के मुकाबले आठ मतों से पुराने पुस्तकालय को वसंत तक खुला रखने का फैसला किया।",
        "घाटी के किसानों का कहना है कि पाले ने इस साल के ज्यादातर सेब खराब कर दिए हैं।",
        "भारी बारिश में ट्रक पलटने के बाद पुलिस ने पुल को कई घंटों के लिए बंद कर दिया।",
    ],
    "bn": [
        "পরিষদ বৃহস্পতিবার আট-এক ভোটে পুরোনো গ্রন্থাগারটি বসন্ত পর্যন্ত খোলা রাখার সিদ্ধান্ত নিয়েছে।",
        "উপত্যকার কৃষকেরা বলছেন, তুষারপাতে এ বছরের বেশির ভাগ আপেল নষ্ট হয়ে গেছে।",
        "প্রবল বৃষ্টিতে একটি ট্রাক উল্টে যাওয়ার পর পুলিশ কয়েক ঘণ্টার জন্য সেতুটি বন্ধ করে দেয়।",
    ],
    "ta": [
        "பழைய நூலகத்தை வசந்த காலம் வரை திறந்து வைக்க மன்றம் வியாழக்கிழமை வாக்களித்தது.",
        "உறைபனி இந்த ஆண்டின் பெரும்பாலான ஆப்பிள்களை அழித்துவிட்டதாக பள்ளத்தாக்கின் விவசாயிகள் கூறுகின்றனர்.",
        "கனமழையில் லாரி கவிழ்ந்ததை அடுத்து காவல்துறையினர் பாலத்தை பல மணி நேரம் மூடினர்.",
    ],
    "th": [
        "สภาเมืองลงมติเมื่อวันพฤหัสบดีด้วยคะแนนแปดต่อหนึ่งให้เปิดห้องสมุดเก่าต่อไปจนถึงฤดูใบไม้ผลิ",
        "เกษตรกรในหุบเขากล่าวว่าน้ำค้างแข็งทำลายแอปเปิลส่วนใหญ่ของปีนี้",
        "ตำรวจปิดสะพานเป็นเวลาหลายชั่วโมงหลังจากรถบรรทุกพลิกคว่ำท่ามกลางฝนตกหนัก",
    ],
    "vi": [
        "Hội đồng thành phố hôm thứ Năm đã bỏ phiếu với tỷ lệ tám trên một để giữ thư viện cũ mở cửa đến mùa xuân.",
        "Nông dân trong thung lũng nói rằng sương giá đã phá hỏng phần lớn số táo năm nay.",
        "Cảnh sát đã đóng cầu trong nhiều giờ sau khi một chiếc xe tải bị lật trong mưa lớn.",
    ],
    "id": [
        "Dewan kota pada hari Kamis memutuskan dengan delapan suara lawan satu agar perpustakaan lama tetap buka sampai musim semi.",
        "Para petani di lembah itu mengatakan embun beku telah merusak sebagian besar apel tahun ini.",
        "Polisi menutup jembatan selama beberapa jam setelah sebuah truk terbalik karena hujan lebat.",
    ],
    "tl": [
        "Bumoto ang konseho noong Huwebes, walo laban sa isa, na panatilihing bukas ang lumang aklatan hanggang tagsibol.",
        "Sinasabi ng mga magsasaka sa lambak na sinira ng hamog ang karamihan sa mga mansanas ngayong taon.",
        "Isinara ng pulisya ang tulay nang ilang oras matapos tumaob ang isang trak sa malakas na ulan.",
    ],
    "sw": [
        "Baraza lilipiga kura siku ya Alhamisi, kura nane kwa moja, kuiacha maktaba ya zamani ikiwa wazi hadi majira ya kuchipua.",
        "Wakulima katika bonde wanasema kwamba baridi kali imeharibu sehemu kubwa ya matunda ya mwaka huu.",
        "Polisi walifunga daraja kwa saa kadhaa baada ya lori kupinduka katika mvua kubwa.",
    ],
    "zh": [
        "市议会星期四以八票对一票决定，旧图书馆将继续开放到春天。",
        "山谷里的农民说，霜冻毁掉了今年的大部分苹果。",
        "一辆卡车在大雨中翻倒后，警方将大桥封闭了几个小时。",
    ],
    "ja": [
        "市議会は木曜日、古い図書館を春まで開けておくことを八対一で決めた。",
        "谷の農家によると、霜で今年のりんごの大半がだめになったという。",
        "大雨の中でトラックが横転し、警察は橋を数時間にわたって通行止めにした。",
    ],
    "ko": [
        "시의회는 목요일 찬성 여덟 표, 반대 한 표로 오래된 도서관을 봄까지 열어 두기로 했다.",
        "골짜기의 농민들은 서리 때문에 올해 사과가 대부분 못 쓰게 되었다고 말한다.",
        "폭우 속에 트럭이 뒤집히자 경찰은 몇 시간 동안 다리를 통제했다.",
    ],
    "ka": [
        "საკრებულომ ხუთშაბათს რვა ხმით ერთის წინააღმდეგ გადაწყვიტა, რომ ძველი ბიბლიოთეკა გაზაფხულამდე ღია დარჩეს.",
        "ხეობის ფერმერები ამბობენ, რომ ყინვამ წლევანდელი ვაშლის უმეტესობა გაანადგურა.",
        "პოლიციამ ხიდი რამდენიმე საათით ჩაკეტა, მას შემდეგ რაც ძლიერ წვიმაში სატვირთო მანქანა გადაბრუნდა.",
    ],
    "hy": [
        "Քաղաքային խորհուրդը հինգշաբթի ութ ձայնով ընդդեմ մեկի որոշեց հին գրադարանը բաց պահել մինչև գարուն։",
        "Հովտի գյուղացիներն ասում են, որ ցրտահարությունը ոչնչացրել է այս տարվա խնձորի մեծ մասը։",
        "Ոստիկանությունը մի քանի ժամով փակեց կամուրջը այն բանից հետո, երբ ուժեղ անձրևի տակ բեռնատար էր շրջվել։",
    ],
}
