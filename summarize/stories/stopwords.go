package stories

// Words that tell nothing of an event, in the languages that the reader knows,
// folded. What they have in common is function, or that every article of a kind
// has them.
var stopwords = set(`
a about above after again against all also am among an and any are as at back be because been before being below between both but by
came can come could day days de did do does doing down during each even ever every few first for from further get go going good got had has have
having he her here hers him his how i if in into is it its itself just know last later like made make many may me might more most much
must my near never new next no nor not now of off on once one only or other our out over own per put said same say says saying see seen she should since so
some still such take than that the their them then there these they thing this those through to told too took two three four under until up upon us use
used very was way we week weeks well went were what when where which while who whom whose why will with within without would year years yesterday
yet you your today tomorrow monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december jan feb mar apr jun jul aug sep sept oct nov dec time times people according news report reports reported reporter
image caption copyright photo video story read share subscribe newsletter click mr mrs ms dr am pm also getty reuters ap afp

der die das den dem des ein eine einer eines einem einen und oder aber auch auf aus bei bis da damit dann dass dem denn dies diese dieser
dieses doch durch er es fur gegen habe haben hat hatte hatten ich ihm ihn ihr ihre ihren im in ist ja kann kein keine konnen man mehr mit nach nicht noch
nun nur ob ohne sagte sein seine seiner seit sich sie sind so soll sollen um und unter uns vom von vor war waren was weg wegen weil wenn wer werden wie
wieder will wird wir wurde wurden zu zum zur zwei drei uber zwischen als am an jahr jahre jahren tag tage prozent montag dienstag mittwoch donnerstag freitag
samstag sonntag januar februar marz mai juni juli oktober dezember uhr angaben laut

el la los las un una unos unas y o pero que de del al en con por para sin sobre entre desde hasta es son fue fueron ser era han ha habia hay
se su sus lo le les no si ya mas muy tambien como cuando donde quien este esta estos estas ese esa esto eso tras segun dijo ano anos dia dias dos tres
otro otra otros todo todos toda lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto septiembre
octubre noviembre diciembre ante bajo contra durante cada

le les des du au aux et ou mais qui que quoi dont ou ce cet cette ces il elle ils elles on nous vous je tu son sa ses leur leurs mon ma mes notre votre
dans par pour sur sous avec sans entre vers chez depuis pendant apres avant est sont etait etaient ete etre avoir a ont avait fait plus moins tres
aussi comme selon deux trois ne pas se si an ans jour jours lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin
juillet aout septembre octobre novembre decembre en un une

o os as um uma uns umas e ou mas que do da dos das no na nos nas em com por para sem sobre entre desde ate foi foram ser era tem tinha ha se seu sua
seus suas lhe nao mais muito tambem como quando onde quem este esta estes estas esse essa isso apos segundo disse ano anos dia dias dois duas tres outro
outra pelo pela ao aos segunda terca quarta quinta sexta sabado domingo janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro feira

il lo gli i un uno una e o ma che di del della dei delle dal dalla al alla ai nel nella con per su tra fra sono era stato stata essere ha hanno aveva si
suo sua suoi sue loro non piu molto anche come quando dove chi questo questa questi dopo secondo detto anno anni giorno due tre lunedi martedi mercoledi
giovedi venerdi sabato domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre

het een en van in op te dat die is zijn was werd worden niet ook met voor aan bij door naar uit om maar als dan nog wel over heeft hebben had er
`)
