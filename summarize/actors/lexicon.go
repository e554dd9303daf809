package actors

import "strings"

// The lexicons below are closed classes and common nouns of news prose in the
// languages read: what people are called by their work, rank or kin, what
// bodies are called, and the words that frame them. They hold no proper names
// of persons or companies.

type wordSet map[string]bool

func words(lists ...string) wordSet {
	s := wordSet{}
	for _, l := range lists {
		for _, w := range strings.Fields(l) {
			s[w] = true
		}
	}
	return s
}

// honorifics say how someone is addressed; they are no role.
var honorifics = words(`mr mr. mrs mrs. ms ms. miss mx mx. dr dr. sir dame lady lord madam madame mme mme. mlle m. herr frau hr. fr. frl. don doña dona
	señor señora señorita sr sr. sra sra. srta srta. senhor senhora dott. dott signor signora sig. sig.ra monsieur mademoiselle maître me sister brother mother
	dra dra. drs drs. mgr msgr monsignor haji hajji ustad shri smt sheikh sheikha sayyid`)

// Words that tell a person's gender: titles, kin, and roles whose form says it.
// English ones by themselves, for most roles there say nothing.
var (
	maleWords = words(`mr mr. sir lord king prince duke baron count emperor chairman spokesman businessman congressman councilman husband father son brother uncle nephew grandfather grandson
		widower headmaster anchorman landlord priest bishop archbishop cardinal pope monk imam rabbi fisherman policeman cameraman clergyman dad stepfather stepson boyfriend godfather
		brother-in-law father-in-law son-in-law half-brother herr don señor senhor signor monsieur statesman salesman`)
	femaleWords = words(`mrs mrs. ms ms. miss dame lady madam madame queen princess duchess baroness countess empress chairwoman spokeswoman businesswoman congresswoman councilwoman wife mother
		daughter sister aunt niece grandmother granddaughter widow headmistress actress anchorwoman landlady nun abbess policewoman heiress mum mom stepmother stepdaughter girlfriend
		sister-in-law mother-in-law daughter-in-law half-sister frau doña señora senhora signora mme mme. mlle mezzo soprano ballerina`)
	maleForeign = words(`herr hr. don señor sr sr. senhor signor sig. monsieur m. presidente ministro senador alcalde gobernador director marido hermano padre hijo esposo abogado fiscal-general
		ministre procureur avocat directeur mari frère père fils acteur patron président sénateur député médiateur
		minister präsident sprecher bürgermeister anwalt chef ehemann bruder vater sohn könig gouverneur vizeadmiral vorgänger ökonom
		diretor irmão pai filho deputado prefeito governador sindaco direttore marito fratello figlio attore avvocato`)
	femaleForeign = words(`frau frl. doña dona señora sra sra. srta srta. senhora signora mme mme. mlle presidenta ministra senadora alcaldesa gobernadora directora esposa hermana madre hija mujer abogada
		jueza actriz ingeniera profesora médica diputada candidata vicepresidenta procureure avocate mairesse directrice épouse soeur sœur mère fille femme actrice présidente médiatrice
		sénatrice députée ministerin präsidentin sprecherin bürgermeisterin anwältin chefin ehefrau schwester mutter tochter königin verteidigungsministerin staatspräsidentin ökonomin
		diretora irmã mãe filha atriz deputada prefeita passageira professora sindaca direttrice moglie sorella figlia attrice avvocata governatrice presidentessa`)
)

// genderOf tells a gender by a title or role word.
func genderOf(low, lang string) gender {
	if lang == "en" || lang == "" || lang == "und" {
		switch {
		case femaleWords[low] || strings.HasSuffix(low, "woman") && len(low) > 5:
			return female
		case maleWords[low] || strings.HasSuffix(low, "man") && len(low) > 6 && roleNouns[low]:
			return male
		}
		return unknownGender
	}
	switch {
	case femaleForeign[low] || lang == "de" && strings.HasSuffix(low, "in") && len(low) > 6 && isRoleNoun(low, "de"):
		return female
	case maleForeign[low]:
		return male
	}
	return unknownGender
}

// ranks stand before a name and are roles by themselves.
var ranks = words(`admiral adm. general gen. gen colonel col. col major maj. maj captain capt. capt lieutenant lt. lt sergeant sgt. sgt corporal cpl. private pvt. commander cmdr. cdr. cdr
	brigadier brig. brig commodore marshal ensign constable inspector insp. superintendent supt. detective det. det sheriff commissioner
	senator sen. sen representative rep. rep congressman congresswoman governor gov. gov president pres. chancellor premier minister secretary ambassador amb. judge justice
	magistrate mayor councillor councilman councilwoman alderman professor prof. prof bishop archbishop cardinal pope rabbi imam reverend rev. rev pastor father fr. deacon
	king queen prince princess duke duchess baron baroness count countess emperor sultan emir chief attorney coach
	almirante vicealmirante general coronel capitán teniente sargento comandante ministro ministra presidente presidenta senador senadora alcalde alcaldesa gobernador gobernadora
	diputado diputada juez jueza fiscal profesor profesora obispo arzobispo cardenal papa rey reina príncipe princesa
	amiral vice-amiral général colonel capitaine lieutenant commandant ministre président présidente sénateur sénatrice maire député députée juge procureur procureure professeur professeure
	évêque archevêque cardinal pape roi reine prince princesse
	vizeadmiral admiral generalmajor generalleutnant oberst hauptmann kapitän präsident präsidentin kanzler kanzlerin bundeskanzler bundeskanzlerin ministerpräsident ministerpräsidentin
	bundespräsident bundespräsidentin staatspräsident staatspräsidentin professor professorin bischof kardinal papst könig königin prinz prinzessin senatorin
	ministro ministra presidente senador senadora prefeito prefeita governador governadora deputado deputada juiz juíza professor professora bispo rei rainha
	ammiraglio generale colonnello capitano presidente sindaco ministra senatore senatrice professore professoressa vescovo cardinale re regina`)

// roleNouns head the phrases that say what a person is. Languages share one set:
// a word that is a role in one is seldom a different common noun in another.
var roleNouns = words(`
	president vice-president minister premier chancellor vice-chancellor governor mayor senator congressman congresswoman lawmaker legislator parliamentarian mp mep secretary undersecretary
	under-secretary secretary-general treasurer ambassador ambassador-at-large envoy diplomat consul representative negotiator mediator delegate commissioner commander deputy whip speaker leader
	rapporteur ombudsman ombudswoman comptroller attache attaché councillor councilman councilwoman councilor alderman legate president-elect mayor-elect governor-elect senator-elect
	pm nominee co-leader co-chairman co-ordinator coordinator co-author adviser advisor aide counsellor intendant chamberlain politician statesman
	captain chief chair chairman chairwoman chairperson co-chair vice-chair head director director-general ceo cfo coo cto cio executive manager founder co-founder cofounder owner co-owner partner
	boss supremo superior trustee administrator receiver liquidator trader banker broker investor financier accountant auditor bookkeeper entrepreneur businessman businesswoman industrialist
	magnate tycoon billionaire millionaire developer proprietor landlord landlady shareholder lender dealer merchant salesman saleswoman buyer economist statistician analyst strategist
	spokesman spokeswoman spokesperson lobbyist consultant forecaster pollster demographer
	admiral general colonel major lieutenant sergeant corporal brigadier commodore marshal soldier officer pilot copilot co-pilot navigator submariner veteran cadet paratrooper sniper commando
	aide-de-camp colonel-in-chief mercenary bodyguard guard
	lawyer attorney barrister solicitor counsel prosecutor judge justice magistrate clerk registrar notary paralegal juror arbitrator investigator inspector superintendent sheriff constable
	detective policeman policewoman coroner warden ranger jailer receptionist
	astronaut cosmonaut skipper sailor fisherman fisherwoman mariner helmsman deckhand stevedore docker mate helmswoman stationmaster conductor driver trucker courier mechanic machinist engineer
	farmer rancher grower beekeeper shepherd vintner winemaker brewer baker cook chef butcher barber hairdresser stylist jeweller jeweler tailor seamstress cobbler bartender waiter waitress
	carpenter electrician plumber builder bricklayer stonemason mason blacksmith welder watchmaker clockmaker potter weaver gatekeeper janitor cleaner cashier shopkeeper housekeeper gardener
	caretaker undertaker lifeguard firefighter fireman paramedic rescuer plasterer roofer printer bookseller
	teacher headteacher headmaster headmistress schoolteacher principal professor lecturer tutor dean rector provost scholar researcher postdoc fellow scientist biologist chemist physicist
	mathematician astronomer virologist epidemiologist immunologist geologist seismologist glaciologist hydrologist climatologist meteorologist oceanographer ecologist botanist zoologist
	entomologist toxicologist pathologist pharmacologist architect designer programmer coder technician technologist
	doctor physician surgeon nurse midwife paediatrician pediatrician cardiologist oncologist neurologist anaesthetist gynaecologist specialist psychologist psychiatrist therapist
	physiotherapist dentist orthodontist optician veterinarian vet pharmacist dietitian haematologist
	student undergraduate postgraduate graduate alumnus intern trainee apprentice archaeologist historian curator archivist librarian keeper anthropologist sociologist philosopher theologian
	linguist translator interpreter philologist political-scientist
	writer author co-author novelist poet playwright screenwriter dramatist essayist biographer journalist reporter correspondent editor subeditor columnist critic blogger vlogger youtuber
	influencer presenter anchor anchorwoman anchorman broadcaster host photographer photojournalist cameraman filmmaker film-maker producer director actor actress comedian comic singer
	singer-songwriter songwriter musician composer composer-in-residence conductor pianist violinist cellist guitarist drummer organist bassist mezzo soprano tenor baritone rapper dj dancer
	ballerina choreographer painter sculptor artist illustrator cartoonist animator model magician puppeteer impresario lyricist dramaturge puppet-maker
	coach manager player-manager midfielder striker defender goalkeeper keeper winger fullback prop flanker fly-half batsman batter bowler wicketkeeper umpire referee linesman selector athlete
	runner sprinter hurdler jumper thrower cyclist swimmer boxer wrestler footballer rugby-player cricketer golfer skier snowboarder skater gymnast jockey trainer medallist medalist champion
	player teammate racer rider driver climber mountaineer explorer adventurer understudy reserve captain-elect olympian paralympian international skipper debutant quarterback pitcher
	bishop archbishop cardinal priest pastor imam rabbi nun monk pope vicar chaplain nuncio cleric minister preacher missionary abbot abbess deacon patriarch ayatollah mufti lama seminarian
	activist campaigner organiser organizer opposition-leader rebel militant insurgent guerrilla dissident defector refugee asylum-seeker volunteer worker employee labourer laborer miner
	unionist convenor convener steward docker delegate spokesmodel whistleblower whistle-blower informant hacker crusader advocate feminist separatist reformer reformist
	king queen prince princess duke duchess earl count countess baron baroness emperor empress sultan emir monarch regent heir heiress elder chieftain elder-statesman laureate patron
	official envoy-designate candidate contender challenger frontrunner front-runner favourite favorite incumbent successor predecessor counterpart colleague rival ally opponent friend neighbour neighbor roommate
	replacement successor-designate caretaker stand-in
	witness survivor victim suspect defendant co-defendant co-accused accused plaintiff complainant claimant petitioner resident passenger tourist visitor villager local native commuter
	onlooker bystander eyewitness hostage captive prisoner inmate detainee convict fugitive smuggler gunman attacker assailant hitman gangster mobster fraudster
	patient donor customer client viewer listener collector hobbyist amateur enthusiast fan supporter pensioner retiree orphan homeowner tenant householder taxpayer
	wife husband widow widower son daughter brother sister father mother uncle aunt cousin nephew niece grandson granddaughter grandfather grandmother partner fiancé fiancée girlfriend
	boyfriend stepson stepdaughter stepfather stepmother parent twin half-brother half-sister brother-in-law sister-in-law son-in-law daughter-in-law father-in-law mother-in-law sibling
	godfather spouse ex-wife ex-husband dad mum mom grandchild relative
	assistant member expert star pioneer philanthropist intellectual scion lead head-coach magnate planner surveyor inspector-general comptroller-general attorney-general president-designate
	minister-designate ambassador-designate designate protector guardian steward mistress maid butler valet nanny midwife warrior scout spy agent operative handler intermediary middleman
	fixer tracker breeder groomer sponsor backer angel publicist agent promoter booker composer curator-at-large restorer conservator custodian
	watchdog-head regulator chairwoman-elect chief-of-staff adjutant deputy-head vice-minister vice-governor vice-chancellor vice-admiral vice-captain vice-rector
	councilmember assemblyman assemblywoman assemblymember lord-mayor provincial-governor warlord strongman dictator autocrat kingpin ringleader mastermind
	tester marketer grower-owner conciliator facilitator moderator archdeacon canon verger sexton
	almirante coronel capitán teniente sargento comandante ministro ministra presidente presidenta vicepresidente vicepresidenta senador senadora alcalde alcaldesa gobernador gobernadora
	diputado diputada concejal juez jueza fiscal abogado abogada profesor profesora catedrático catedrática maestro maestra obispo arzobispo cardenal sacerdote rey reina príncipe princesa
	director directora subdirector subdirectora jefe jefa secretario secretaria portavoz consejero consejera embajador embajadora canciller presidente-electo candidato candidata líder
	dirigente patrona patrón empresario empresaria economista analista ingeniero ingeniera arquitecto arquitecta médico médica doctor doctora enfermero enfermera científico científica investigador
	investigadora biólogo bióloga físico física químico química historiador historiadora escritor escritora poeta novelista periodista reportero reportera cantante cantautor cantautora músico
	actor actriz director-técnico pintor pintora escultor artista futbolista entrenador entrenadora delantero portero portera defensa centrocampista jugador jugadora ciclista atleta tenista
	campeón campeona exministro exministra expresidente expresidenta exalcalde exgobernador exjugador exdirector exjefe ganadero ganadera agricultor agricultora pescador maestro vecino vecina
	testigo víctima superviviente estudiante alumno alumna trabajador trabajadora sindicalista activista marido esposa esposo mujer hijo hija hermano hermana padre madre primo prima tío tía
	sobrino sobrina viudo viuda abuelo abuela nieto nieta novio novia socio socia fundador fundadora cofundador cofundadora dueño dueña propietario propietaria gerente presidente-ejecutivo
	responsable coordinador coordinadora delegado delegada representante ministro-presidente vocera vocero mandatario mandataria legislador legisladora parlamentario parlamentaria
	amiral vice-amiral général colonel capitaine lieutenant commandant ministre président présidente vice-président vice-présidente sénateur sénatrice maire mairesse député députée
	eurodéputé eurodéputée conseiller conseillère préfet préfète juge procureur procureure avocat avocate professeur professeure enseignant enseignante évêque archevêque prêtre roi reine prince
	directeur directrice chef cheffe patron patronne secrétaire porte-parole ambassadeur ambassadrice chancelier chancelière candidat candidate dirigeant dirigeante fondateur fondatrice
	cofondateur cofondatrice propriétaire gérant gérante économiste analyste ingénieur ingénieure architecte médecin docteur docteure infirmier infirmière chercheur chercheuse scientifique
	biologiste physicien physicienne chimiste historien historienne écrivain écrivaine romancier romancière poète journaliste chanteur chanteuse musicien musicienne acteur actrice comédien
	comédienne réalisateur réalisatrice peintre sculpteur artiste footballeur footballeuse entraîneur entraîneuse sélectionneur attaquant gardien défenseur joueur joueuse cycliste athlète
	champion championne agriculteur agricultrice éleveur éleveuse pêcheur habitant habitante voisin voisine témoin victime étudiant étudiante élève syndicaliste militant militante mari
	épouse époux femme fils fille frère soeur sœur père mère cousin cousine oncle tante neveu nièce veuf veuve médiateur médiatrice négociateur négociatrice émissaire délégué déléguée
	responsable coordinateur coordinatrice représentant représentante administrateur administratrice rapporteur rapporteure bâtonnier magistrat magistrate prédécesseur successeur adjoint
	adjointe élu élue philosophe sociologue élue ex-ministre ex-président ex-maire
	vizeadmiral konteradmiral generalmajor generalleutnant oberst oberstleutnant hauptmann kapitän minister ministerin präsident präsidentin vizepräsident vizepräsidentin kanzler kanzlerin
	senator senatorin bürgermeister bürgermeisterin oberbürgermeister oberbürgermeisterin landrat landrätin abgeordneter abgeordnete staatssekretär staatssekretärin richter richterin
	staatsanwalt staatsanwältin anwalt anwältin rechtsanwalt rechtsanwältin verteidiger verteidigerin professor professorin lehrer lehrerin bischof bischöfin pfarrer pfarrerin könig königin
	prinz prinzessin direktor direktorin chef chefin vorstandschef vorstandschefin geschäftsführer geschäftsführerin leiter leiterin sprecher sprecherin botschafter botschafterin kandidat
	kandidatin gründer gründerin mitgründer mitgründerin eigentümer eigentümerin inhaber inhaberin ökonom ökonomin volkswirt volkswirtin analyst analystin ingenieur ingenieurin architekt
	architektin arzt ärztin chefarzt chefärztin pfleger pflegerin forscher forscherin wissenschaftler wissenschaftlerin biologe biologin physiker physikerin chemiker chemikerin historiker
	historikerin schriftsteller schriftstellerin autor autorin journalist journalistin sänger sängerin musiker musikerin schauspieler schauspielerin regisseur regisseurin maler malerin
	künstler künstlerin fußballer trainer trainerin stürmer torwart torhüter spieler spielerin meister meisterin bauer bäuerin landwirt landwirtin fischer bewohner bewohnerin nachbar
	nachbarin zeuge zeugin opfer student studentin schüler schülerin gewerkschafter aktivist aktivistin ehemann ehefrau mann frau sohn tochter bruder schwester vater mutter cousin onkel
	tante neffe nichte witwe witwer vorgänger vorgängerin nachfolger nachfolgerin stellvertreter stellvertreterin mitglied gouverneur gouverneurin kommissar kommissarin beauftragter
	beauftragte vorsitzender vorsitzende vorsitzenden unterhändler unterhändlerin vermittler vermittlerin experte expertin generalsekretär generalsekretärin kommandeur kapitänin
	contra-almirante coronel capitão tenente sargento comandante primeiro-ministro primeira-ministra vice-presidente prefeito prefeita autarca governador governadora deputado deputada
	vereador vereadora juiz juíza procurador procuradora promotor promotora advogado advogada professor professora bispo arcebispo cardeal padre rei rainha príncipe diretor diretora chefe
	secretário secretária porta-voz embaixador embaixadora chanceler candidato líder fundador empresário empresária economista engenheiro engenheira arquiteto arquiteta médico
	enfermeiro enfermeira cientista pesquisador pesquisadora investigador investigadora biólogo físico químico historiador escritor escritora romancista jornalista cantor cantora ator atriz
	realizador realizadora cineasta pintor pintora jogador jogadora treinador treinadora técnico atacante goleiro guarda-redes avançado defesa médio ciclista campeão campeã agricultor
	agricultora pescador morador moradora vizinho vizinha testemunha vítima passageiro passageira estudante aluno aluna sindicalista ativista marido mulher esposo filho filha irmão irmã pai
	mãe primo prima tio tia sobrinho sobrinha viúvo viúva avô avó neto neta sócio sócia dono dona proprietário gerente coordenador coordenadora representante maquinista
	ammiraglio generale colonnello capitano tenente maresciallo ministro ministra presidente vicepresidente senatore senatrice sindaco sindaca governatore governatrice deputato deputata
	assessore assessora giudice procuratore procuratrice pm avvocato avvocata professore professoressa vescovo arcivescovo cardinale papa re regina principe direttore direttrice capo
	segretario segretaria portavoce ambasciatore ambasciatrice cancelliere candidato candidata leader fondatore fondatrice imprenditore imprenditrice economista ingegnere architetto
	medico dottore dottoressa infermiere infermiera scienziato scienziata ricercatore ricercatrice biologo biologa fisico storico storica scrittore scrittrice giornalista cantante
	musicista attore attrice regista pittore pittrice calciatore calciatrice allenatore allenatrice attaccante portiere difensore centrocampista giocatore ciclista atleta campione
	campionessa agricoltore pescatore abitante vicino testimone vittima studente studentessa sindacalista attivista marito moglie figlio figlia fratello sorella padre madre cugino cugina
	zio zia nipote vedovo vedova nonno nonna socio proprietario proprietaria titolare amministratore amministratrice commissario commissaria prefetto prefetta questore rappresentante`)

// orgNouns head the phrases that say what an organisation is.
var orgNouns = words(`
	company firm group bank lender insurer underwriter broker brokerage carrier airline operator manufacturer maker drugmaker carmaker chipmaker automaker shipbuilder steelmaker planemaker
	producer supplier retailer chain contractor utility start-up startup charity foundation trust association union federation confederation party movement agency authority regulator
	watchdog body institute institution university school academy college hospital hospice network clinic club team side league newspaper daily weekly broadcaster station channel publisher
	website magazine platform app lobby think-tank fund consultancy outfit vendor subsidiary parent unit arm business enterprise cooperative co-operative exporter importer miner
	distributor shipper shipowner shipyard yard conglomerate giant bookmaker studio label gallery museum auctioneer court tribunal committee commission council parliament ministry department
	office bureau service militia organisation organization alliance coalition brand shop jeweller grower builder monastery church diocese specialist specialists processor refiner driller
	pipelayer laboratory lab observatory centre center developer wholesaler restaurant hotel hotelier brewer brewery winery dairy bakery mill factory plant farm orchard nursery airport
	port railway railroad operator-owner rival competitor partner-bank custodian administrator rebel opposition insurgents guerrillas faction junta army navy police force brigade regiment
	battalion collective syndicate consortium venture partnership group-owner landlord investor shareholder wholesaler designer cleaner hauler haulier freight-forwarder forwarder
	programme program project initiative campaign secretariat panel board chamber congress assembly senate cabinet government administration household firmmaker watchmaker clockmaker
	seller dealer buyer trader owner conciliator mediator contractor-general ratings-agency budget-carrier asset-manager manager house adviser advisor auditor auditors lawyers lab-supplier
	empresa compañía grupo banco aseguradora aerolínea operadora operador fabricante productora productor minera petrolera eléctrica constructora cadena fundación asociación sindicato
	federación partido movimiento agencia instituto universidad escuela hospital clínica club equipo periódico diario emisora canal editorial organización ong plataforma tribunal
	comisión consejo ministerio firma consultora naviera cooperativa proveedora proveedor contratista concesionaria farmacéutica tecnológica bodega
	entreprise société groupe banque assureur compagnie opérateur constructeur fabricant producteur fournisseur chaîne fondation association syndicat fédération parti mouvement agence
	institut université école hôpital clinique club équipe journal quotidien hebdomadaire radio éditeur organisation collectif start-up filiale cabinet laboratoire exploitant armateur
	prestataire distributeur coopérative
	unternehmen firma konzern gruppe bank versicherer fluggesellschaft reederei betreiber hersteller produzent lieferant kette stiftung verband verein gewerkschaft partei bewegung behörde
	institut universität schule klinik krankenhaus club mannschaft zeitung sender verlag organisation startup tochterfirma tochter agentur genossenschaft dienstleister energieversorger
	autobauer bahn netzbetreiber werft kanzlei beratungsfirma
	empresa companhia grupo banco seguradora transportadora operadora fabricante produtora mineradora petrolífera construtora rede fundação associação sindicato federação partido movimento
	agência instituto universidade escola hospital clínica clube equipa equipe jornal emissora canal editora organização plataforma tribunal comissão conselho ministério consultora
	cooperativa fornecedora fornecedor empreiteira
	azienda società gruppo banca assicurazione compagnia operatore produttore fornitore catena fondazione associazione sindacato federazione partito movimento agenzia istituto università
	scuola ospedale clinica squadra giornale quotidiano emittente canale editore organizzazione cooperativa colosso casa impresa`)

// roleMods may stand between the article and the role noun though they look like
// verbs.
var roleMods = words(`allied armed combined united associated chartered certified licensed former retired acting incoming outgoing interim deputy assistant newly-elected newly-appointed 
	 departing visiting leading managing presiding prosecuting reigning founding sitting ruling serving consulting building operating marketing training
	retiring veteran so-called self-styled self-proclaimed self-appointed named-partner unnamed renowned beloved seasoned 
	award-winning best-known best-selling bestselling long-serving longest-serving longtime long-time well-known little-known high-ranking top-ranked highest-ranking ranking lead
	unelected unpaid state-owned state-run privately-owned family-owned government-owned born polish-born 
	alleged losing winning defending rising aspiring budding caretaker mining shipping engineering manufacturing trading banking
	accounting testing staffing catering lending housing planning farming fishing publishing advertising consulting teaching nursing policing setting breaking clearing ratings spending
	gaming streaming recruiting cleaning `)

// statusWords set a role's status.
var statusWords = map[string]string{
	"former": "former", "ex": "former", "ex-": "former", "onetime": "former", "one-time": "former", "erstwhile": "former", "late": "former", "formerly": "former", "previously": "former",
	"predecessor": "", "retired": "former", "ousted": "former", "deposed": "former", "sacked": "former", "dismissed": "former",
	"acting": "acting", "interim": "acting", "caretaker": "acting", "temporary": "acting", "stand-in": "acting",
	"incoming": "incoming", "designate": "incoming", "president-elect": "incoming", "-elect": "incoming", "next": "incoming", "future": "incoming",
	"outgoing": "", "departing": "",
	"deputy": "deputy", "vice": "deputy", "assistant": "deputy",
	"antiguo": "former", "antigua": "former", "exministro": "former", "exministra": "former", "expresidente": "former", "expresidenta": "former", "exalcalde": "former",
	"ancien": "former", "ancienne": "former", "ehemaliger": "former", "ehemalige": "former", "ehemaligen": "former", "früherer": "former", "frühere": "former", "früheren": "former",
	"antigo": "former", "ex-ministro": "former", "ex-presidente": "former", "ex-ministre": "former", "ex-président": "former",
	"interino": "acting", "interina": "acting", "amtierende": "acting", "amtierender": "acting", "amtierenden": "acting", "kommissarische": "acting", "kommissarischer": "acting",
	"intérimaire": "acting", "electo": "incoming", "electa": "incoming", "electo.": "incoming", "élu": "", "designierte": "incoming", "designierter": "incoming", "künftige": "incoming",
	"künftiger": "incoming", "próximo": "incoming", "próxima": "incoming", "prochain": "incoming", "prochaine": "incoming", "uscente": "", "facente": "acting",
	"stellvertretende": "deputy", "stellvertretender": "deputy", "stellvertretenden": "deputy", "vicepresidente": "deputy", "vicepresidenta": "deputy", "vice-présidente": "deputy",
	"vice-président": "deputy", "adjoint": "deputy", "adjointe": "deputy", "adjunto": "deputy", "adjunta": "deputy",
}

var (
	determiners = words(`the a an its his her their our my your this that these those some one another
		el la los las un una unos unas su sus este esta ese esa lo
		le la les l' l’ un une des son sa ses leur leurs ce cette cet mon ma notre nos d' d’
		der die das den dem des ein eine einer eines einem einen sein seine seiner seinen seinem ihr ihre ihrer ihren ihrem dessen deren
		o a os as um uma seu sua seus suas
		il lo gli i un' una uno suo sua suoi sue`)
	possessives = words(`its his her their our my your whose su sus son sa ses leur leurs sein seine seiner seinen seinem ihr ihre ihrer ihren ihrem dessen deren seu sua seus suas suo sua suoi sue il-suo`)
	// linkers join a role noun to what it is a role of.
	linkers = words(`of for to at in with on from from-the by over under out
		de del de-la d' d’ du des da do dos das di della dello dell' dell’ dei degli delle dal dalla al alla para por en no na nos nas à au aux pour chez sur
		von vom für beim bei im am an der des zum zur in`)
	conjunctions = words(`and or & y e et und ou o sowie`)
	pronouns     = words(`whose he she it they we i you him her them us me who whom which what él ella ellos ellas il elle ils elles er sie es ele ela eles elas lui lei loro`)
	auxiliaries  = words(`is are was were be been being am has have had having do does did will would shall should can could may might must
		's're 're 've 'll 'd isn't wasn't aren't n't not
		es son era eran fue fueron ser sido será ha han había está están
		est sont était étaient fut être été sera a ont avait avaient
		ist sind war waren wird werden wurde wurden hat haben hatte hatten sei seien
		é são foi foram será tem têm tinha está estão
		è sono era erano sarà ha hanno aveva`)
	negations = words(`not n't never no nor neither without nobody none no-one cannot can't won't nunca jamás no sin ni pas jamais ne n' n’ sans nicht nie kein keine keinen ohne não nem sem non mai senza`)
)

// roleVerbs say in a relative clause or a plain one what somebody does by
// position: "who chairs the committee".
var roleVerbs = words(`heads headed chairs chaired leads led runs ran directs directed commands commanded owns owned co-owns founded co-founded cofounded manages managed edits edited
	teaches taught coaches coached captains captained represents represented oversees oversaw supervises supervised advises advised designs designed covers studies
	serves served sits sat works worked plays played trains trained treats farms keeps kept invented negotiates negotiated drives drove investigates moderates hosts produces
	coordinates curates presides presided co-chairs co-chaired co-leads co-runs administers administered governs governed speaks spoke researches tracks monitors
	dirige dirigió dirigía encabeza encabezó preside presidió lidera lideró representa fundó posee gestiona
	dirigeait dirigea préside présidait représente fonde gère commande
	leitet leitete führt führte vertritt gründete besitzt lenkt
	lidera fundou preside representa comanda
	guida dirige presiede rappresenta fondò`)

// namingVerbs give someone a role.
var namingVerbs = words(`named appointed elected chosen picked nominated hired promoted confirmed declared installed selected designated unveiled crowned ordained tapped recruited
	reappointed re-elected reelected names appoints elects picks nominates hires promotes confirms chose chooses made
	nombrado nombrada nombró designado designada designó elegido elegida eligió proclamado proclamada
	nommé nommée élu élue désigné désignée promu promue ernannt gewählt berufen nomeado nomeada nomeou eleito eleita nominato nominata eletto eletta`)

var losingVerbs = words(`dismissed sacked fired ousted removed relieved suspended replaced resigned quit retired stepped`)

// SpeechVerbs say that someone said something.
var speechVerbs = words(`alleged alleges contended contends opined exclaimed exclaims interjected summarised summarized guessed estimated estimates hinted signalled reasoned decried deplored citing calling adding warning insisting arguing claiming promising telling describing accusing denouncing declaring vowing recalling announcing allowed remembers remembered
	recounts recounted confided confides grinned scoffed sniffed deadpanned said says say saying told tells tell added adds warned warns warning announced announces asked asks answered answers replied replies insisted insists argued argues claimed claims
	called calls wrote writes stated states noted notes explained explains admitted admits acknowledged confirmed confirms denied denies declared declares vowed promised pledged urged
	recalled recalls remarked joked jokes quipped complained complains testified testifies predicted predicts described describes labelled labeled branded accused suggested suggests
	concluded observed commented conceded shouted whispered murmured cried boasted shrugged shrugs hissed fumed chuckled laughed sighed snapped countered responded responds retorted continued
	reported reports maintained stressed emphasised emphasized underlined hailed praised demanded protested pleaded ventured offered mused reflected wondered begged began jeered
	sent tweeted posted texted emailed put puts reads read reckons reckoned thinks thought believes believed hopes hoped fears feared joking volunteered dismissed rejected condemned
	welcomed ruled found criticised criticized lamented marvelled grumbled muttered bellowed yelled sang chanted recited quoted appealed asserted asserts reiterated cautioned disclosed
	revealed reveals agreed agrees disagreed interrupted intervened inquired enquired went goes goes-on ordered orders advises advised treated accuses
	dijo dice dijeron afirmó afirma aseguró asegura señaló señala explicó explica declaró declara añadió añade agregó agrega subrayó subraya indicó indica manifestó manifiesta sostuvo
	resumió resume recordó recuerda comentó comenta advirtió advierte anunció anuncia reconoció admitió negó prometió pidió exigió reclamó lamentó celebró insistió concluyó
	respondió contestó preguntó escribió relató contó cuenta denunció criticó calificó apuntó precisó expresó bromeó ironizó zanjó sentenció confesó
	déclaré déclare déclara dit disait affirmé affirme affirma assuré assure expliqué explique ajouté ajoute souligné souligne indiqué indique précisé précise estimé estime annoncé annonce
	reconnu reconnaît admis nié promis demandé réclamé regretté félicité félicitée rappelé rappelle averti prévenu prévenue conclu répondu répond lancé lance évoqué évoque raconté raconte
	écrit dénoncé critiqué qualifié confié confie martelé résumé insisté commenté réagi prévient glissé tranché soupiré plaidé témoigné ironisé
	sagte sagt sagten erklärte erklärt betonte betont teilte teilt berichtete berichtet meinte meint ergänzte fügte kündigte warnte warnt forderte fordert kritisierte kritisiert lobte
	versprach räumte bestätigte bestätigt bestritt behauptete schrieb schreibt antwortete fragte rief erzählte erzählt nannte nennt sprach spricht versicherte mahnte urteilte scherzte
	klagte gestand zitierte resümierte mitteilte hieß
	disse diz disseram afirmou afirma declarou declara acrescentou acrescenta explicou explica sublinhou sublinha garantiu garante contou conta anunciou anuncia admitiu negou prometeu
	pediu exigiu lamentou lembrou recordou comentou alertou avisou respondeu perguntou escreveu relatou denunciou criticou classificou destacou ressaltou revelou assegurou observou concluiu
	reconheceu confessou resumiu brincou desabafou
	ha-detto detto dice disse dichiarato dichiara affermato afferma spiegato spiega aggiunto aggiunge sottolineato sottolinea annunciato annuncia ammesso negato promesso chiesto lamentato ricordato
	ricorda commentato commenta avvertito avverte risposto risponde scritto scrive raccontato racconta denunciato criticato definito concluso osservato assicurato precisato ribadito
	rivelato confessato spiegava commentava`)

// plainVerbs are common verbs of news prose that end a noun phrase; the list
// only has to hold those that may stand directly after a role phrase.
var plainVerbs = words(`went goes takes took gives gave makes made gets got comes came sees saw plans planned expects expected expect aims wants wanted wants met meets visited visits flew flies arrived arrives left
	leaves signed signs faces faced won wins lost loses beat beats joined joins refused refuses failed fails died dies lived lives became becomes remains remained seems seemed
	appeared appears held holds opened opens closed closes raised raises cut cuts sold sells bought buys paid pays spent spends sent kept keeps showed shows turned turns
	fell falls rose rises started starts stopped stops continued continues helped helps hoped tried tries voted votes resigned resigns retires stepped steps replaced replaces replaces
	succeeded succeeds steered drew draws laughed smiled sat sits stood stands spoke speaks ran sang nodded shook walked listed listened watched backs backed supports supported opposes opposed
	approved approves passed passes rejects blocked blocks ordered orders launched launches lodged filed files sued sues charged charges arrested arrests detained killed
	injured hurt suffered escaped survived drove drives fired fires picked picks chose chooses used uses gathered carried carries brought brings added warned
	moves moved scored scores played plays stays stayed serves served points handed cycled reported served learned learnt parted swapped apologised apologized cooked travelled
	cancelled cancels suspended suspends postponed halted resumed resumes agreed agrees reached reaches sought seeks asked urges urged hit hits struck strikes crossed crosses dropped
	promised lies lay grew grows set sets led leads introduced introduces unveiled unveils released releases published publishes produced produces built builds created creates`)

// notNouns are words that never belong inside a role phrase in English.
var notNouns = words(`that because while when where whether if than then there here so but yet although though as until till unless since after before during between among against about into onto
	across behind beyond near off up down out through despite like unlike except per via amid around without within today yesterday tomorrow tonight now once again also just only even still
	already soon later earlier ago however meanwhile instead therefore indeed too very more most less least much many few all both each every either any such same other
	on at by from monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december
	según mientras cuando donde porque aunque pero que como también ayer hoy mañana tras ante hasta desde sobre entre sin
	selon quand où parce mais que qui comme aussi hier aujourd'hui demain après avant jusqu'à depuis entre sans contre
	dass weil aber während wenn wo als auch gestern heute morgen nach vor bis seit zwischen ohne gegen laut wie unter über wegen trotz gegenüber
	segundo enquanto quando onde porque mas que como também ontem hoje amanhã após até desde sobre entre sem
	secondo mentre quando dove perché ma che come anche ieri oggi domani dopo prima fino da tra fra senza contro`)

// genericPeople can't be actors but head the subject of many sentences.
var genericPeople = words(`officials official police prosecutors investigators authorities residents witnesses analysts economists experts critics supporters opponents sources unions lawyers
	engineers scientists researchers seismologists observers doctors rescuers firefighters soldiers troops protesters demonstrators families relatives neighbours neighbors parents teachers
	farmers fishermen traders investors shareholders lawmakers ministers ambassadors diplomats governments companies regulators historians reporters journalists pupils students savers
	people men women children voters fans players members leaders rebels militants workers staff passengers patients tourists drivers pilots crew organisers organizers campaigners activists`)

// tradeNouns mark companies when they end a name.
var companySuffixes = words(`inc inc. ltd ltd. plc llc llp corp corp. co co. company group holding holdings ag gmbh se sa s.a. s.p.a. spa srl nv n.v. bv b.v. as a/s asa ab oy oyj kk k.k. pty limited
	partners ventures capital industries airlines airways airline bank motors energy technologies systems labs pharma pharmaceuticals resources minerals mining shipping marine logistics foods
	savings insurance telecom media studios software robotics aerospace petroleum railways lines ferries bancorp securities healthcare biotech therapeutics brothers sons associates international global kg & ltda ltda. c.v. sarl sas pte bhd berhad tbk`)

// properOrgNouns are capitalised words that make a run of capitals the name of
// an organisation.
var properOrgNouns = words(`ministry department office bureau agency authority commission committee council court tribunal parliament assembly senate congress house board institute institution university
	college school academy hospital clinic foundation trust association union federation confederation league society party front movement alliance coalition bank fund group company
	corporation airlines airways museum gallery theatre orchestra police force army navy guard corps command headquarters service services secretariat chamber club united city-council fc
	authority inspectorate directorate administration treasury exchange centre center laboratory observatory organisation organization network press news times post tribune herald gazette
	ministerio departamento oficina agencia comisión comité consejo corte tribunal parlamento asamblea senado congreso instituto universidad colegio escuela hospital fundación asociación
	sindicato federación partido frente movimiento alianza banco fondo grupo museo policía ejército armada guardia servicio centro organización bolsa fiscalía
	ministère département bureau agence commission comité conseil cour tribunal parlement assemblée sénat institut université collège école hôpital fondation association syndicat fédération
	parti mouvement alliance banque fonds groupe musée police armée garde service centre organisation préfecture parquet
	ministerium amt bundesamt behörde kommission ausschuss rat gericht landgericht bundestag bundesrat landtag institut universität hochschule schule klinikum stiftung verband verein
	gewerkschaft partei bank gruppe museum polizei bundeswehr zentrum staatsanwaltschaft
	ministério departamento agência comissão comité comitê conselho tribunal parlamento assembleia senado congresso instituto universidade colégio escola hospital hospitais fundação associação sindicato
	federação partido frente movimento aliança banco fundo grupo museu polícia exército marinha guarda serviço centro organização câmara proteção
	ministero dipartimento ufficio agenzia commissione comitato consiglio corte tribunale parlamento assemblea senato istituto università scuola ospedale fondazione associazione sindacato
	federazione partito fronte movimento alleanza banca fondo gruppo museo polizia esercito guardia servizio centro organizzazione camera procura`)
