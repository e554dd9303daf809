package actors

import (
	"slices"
	"strings"

	"sitrep/summarize/text"
)

// canonical puts the words of a body's name into a form that is the same in the
// languages read: generic nouns and demonyms in English, without the small words
// and the kind of company it is, in order of the alphabet.
func canonical(ws []string) []string {
	out := make([]string, 0, len(ws))
	for i, w := range ws {
		if minorWords[w] || i == len(ws)-1 && len(ws) > 1 && legalForms[w] {
			continue
		}
		w = strings.TrimSuffix(w, ".")
		if head, tail := compound(w); tail != "" {
			out = append(out, tail)
			w = head
		}
		if c := country(w); c != "" {
			w = c
		} else if t, ok := translated[w]; ok {
			w = t
		}
		out = append(out, w)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// compound takes a German compound apart: "nationalbank" is the national bank.
func compound(w string) (head, tail string) {
	for _, t := range []string{"bank", "ministerium", "gericht", "behorde", "institut", "partei", "verband", "union", "kommission", "agentur"} {
		if len(w) > len(t)+3 && strings.HasSuffix(w, t) {
			if en, ok := translated[t]; ok {
				t, w = en, w[:len(w)-len(t)]
			} else {
				w = w[:len(w)-len(t)]
			}
			return strings.TrimSuffix(w, "s"), t
		}
	}
	return w, ""
}

// kindless leaves the word for the kind of body out of a canonical name: what
// "Bread and Peace Party" and "Bread and Peace" have in common. nil where nothing
// of its own is left.
func kindless(canon []string) []string {
	out := make([]string, 0, len(canon))
	for _, w := range canon {
		if !kindWords[w] {
			out = append(out, w)
		}
	}
	if len(out) == 0 || len(out) == len(canon) || genericBody(out) {
		return nil
	}
	return out
}

var kindWords = words(`party group company corporation holdings airlines airways airline bank club team union foundation trust institute`)

var legalForms = words(`inc inc. ltd ltd. plc llc llp corp corp. ag gmbh se sa s.a. s.p.a. spa srl nv n.v. bv b.v. as a/s asa ab oy kg ltda ltda. sarl sas pte bhd co co.`)

// translated gives the English of the common nouns in bodies' names, folded.
var translated = func() map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(`
government gobierno gouvernement regierung governo
ministry ministerio ministere ministerium ministero
institute instituto institut istituto
foundation fundacion fondation stiftung fundacao fondazione
university universidad universite universitat universidade universita
bank banco banque banca
party partido parti partei partito
front frente fronte
court tribunal gericht tribunale corte cour
authority autoridad autorite behorde autoridade autorita
agency agencia agence agentur agenzia
commission comision kommission comissao commissione
committee comite comitato comissao ausschuss
council consejo conseil rat conselho consiglio
parliament parlamento parlement
senate senado senat senato
assembly asamblea assemblee assembleia assemblea
federation federacion foderation verband federacao federazione
association asociacion verein associacao associazione
union sindicato syndicat gewerkschaft sindacato
movement movimiento mouvement bewegung movimento
organization organisation organizacion organizacao organizzazione
hospital hopital krankenhaus ospedale hospitais
school escuela ecole schule escola scuola
museum museo musee museu
police policia polizei polizia
army ejercito armee exercito esercito
center centre centro zentrum
company compania compagnie gesellschaft companhia compagnia
group grupo groupe gruppe gruppo
office oficina bureau amt gabinete ufficio
service servicio servico servizio dienst
health salud sante gesundheit saude salute
justice justicia justiz justica giustizia
defence defense defensa verteidigung defesa difesa
interior inneres interieur interno
finance finances hacienda finanzen fazenda finanze
world mundial mondiale welt
international internacional internationaler internationale internationalen internazionale
national nacional nationale nationaler nationalen nazionale
european europeo europea europeen europeenne europaische europaischen europaischer europeia europeu
central centrale zentral
monetary monetario monetaire wahrungs monetaria
fund fondo fonds fundo
democratic democratico democratica democratique demokratische demokratischer
people pueblo peuple volk povo popolo
civil zivil civile
protection proteccion schutz protecao protezione
order orden ordre ordnung ordem ordine
work trabajo travail arbeit trabalho lavoro
workers trabajadores travailleurs arbeiter trabalhadores lavoratori
electoral electorale elettorale
justice judiciary
nile nil nilo
upper haut alto ober
north norte nord
south sur sud sul
east este est osten leste
west oeste ouest westen ovest
new nueva nuevo nouveau nouvelle neue nova novo nuova nuovo
red rojo rouge roja rossa
green verde vert grune greens verdes verts
states estados etats staaten stati
american americanos americains amerikanischer americani
nations naciones unies nazioni nacoes
united unidas unidos vereinte vereinten uniti unite
`, "\n") {
		ws := strings.Fields(line)
		for i, w := range ws {
			if i > 0 {
				m[w] = ws[0]
			}
		}
	}
	m["organisation"], m["defense"], m["centre"] = "organization", "defence", "center"
	return m
}()

// worldBody returns a key for the international bodies that are called
// otherwise in other languages, by acronym or long form; "" for all others.
func worldBody(ws []string) string {
	if len(ws) == 0 {
		return ""
	}
	return worldBodies[strings.Join(ws, " ")]
}

var worldBodies = func() map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(`
UN|United Nations|U.N.|ONU|Naciones Unidas|Nations unies|Vereinte Nationen|Vereinten Nationen|Nações Unidas|Nazioni Unite|UNO
EU|European Union|E.U.|UE|Unión Europea|Union européenne|Europäische Union|Europäischen Union|União Europeia|Unione europea
NATO|North Atlantic Treaty Organization|OTAN|Nato
WHO|World Health Organization|World Health Organisation|OMS|Organización Mundial de la Salud|Organisation mondiale de la santé|Weltgesundheitsorganisation|Organização Mundial da Saúde|Organizzazione mondiale della sanità
IMF|International Monetary Fund|FMI|Fondo Monetario Internacional|Fonds monétaire international|Internationaler Währungsfonds|Internationalen Währungsfonds|IWF|Fundo Monetário Internacional|Fondo monetario internazionale
World Bank|Banco Mundial|Banque mondiale|Weltbank|Banca mondiale
WTO|World Trade Organization|World Trade Organisation|OMC|Organización Mundial del Comercio|Organisation mondiale du commerce|Welthandelsorganisation|Organização Mundial do Comércio|Organizzazione mondiale del commercio
European Commission|Comisión Europea|Commission européenne|Europäische Kommission|EU-Kommission|Europäischen Kommission|Comissão Europeia|Commissione europea
European Parliament|Parlamento Europeo|Parlement européen|Europäisches Parlament|Europaparlament|EU-Parlament|Parlamento Europeu|Parlamento europeo
European Council|Consejo Europeo|Conseil européen|Europäischer Rat|Conselho Europeu|Consiglio europeo
ECB|European Central Bank|BCE|Banco Central Europeo|Banque centrale européenne|Europäische Zentralbank|Europäischen Zentralbank|EZB|Banco Central Europeu|Banca centrale europea
African Union|AU|Unión Africana|Union africaine|Afrikanische Union|União Africana|Unione africana
OAS|Organization of American States|Organisation of American States|OEA|Organización de los Estados Americanos|Organização dos Estados Americanos|Organisation des États américains
OECD|Organisation for Economic Co-operation and Development|OCDE|OCSE
IAEA|International Atomic Energy Agency|OIEA|AIEA|IAEO
ICC|International Criminal Court|Corte Penal Internacional|Cour pénale internationale|Internationaler Strafgerichtshof|Tribunal Penal Internacional|Corte penale internazionale
ICRC|International Committee of the Red Cross|Comité Internacional de la Cruz Roja|CICR|Internationales Komitee vom Roten Kreuz
Red Cross|Cruz Roja|Croix-Rouge|Rotes Kreuz|Cruz Vermelha|Croce Rossa
UNICEF|United Nations Children's Fund
UNHCR|UN refugee agency|ACNUR|HCR|UNHCR
OPEC|OPEP|Opec
Interpol|INTERPOL
Kremlin|Kreml|Cremlino
Pentagon|Pentágono|Pentagone|Pentagono
White House|Casa Blanca|Maison-Blanche|Weißes Haus|Weiße Haus|Casa Branca|Casa Bianca
Olympic Committee|International Olympic Committee|IOC|COI|CIO|IOK
`, "\n") {
		forms := strings.Split(line, "|")
		if len(forms) < 2 {
			continue
		}
		for _, f := range forms {
			key := strings.Join(nameWords(f), " ")
			// An acronym alone can be another body's (OAS, AU): only the long form decides.
			if len(nameWords(f)) == 1 && ambiguousAcronyms[key] {
				continue
			}
			m[key] = forms[0]
		}
	}
	return m
}()

var ambiguousAcronyms = words(`oas au icc who omc cio coi hcr ioc iok oea aiea`)

// country returns the English name of a country for its name or demonym in the
// languages read (folded), "" for other words.
func country(w string) string { return countries[w] }

var (
	countries = map[string]string{}
	isCountry = map[string]bool{}
)

func init() {
	for _, line := range strings.Split(countryForms, "\n") {
		forms := strings.Split(line, "|")
		if len(forms) < 2 {
			continue
		}
		name := text.FoldPlain(forms[0])
		isCountry[name] = true
		for _, f := range forms {
			countries[text.FoldPlain(f)] = name
		}
	}
}

// countryForms: the English name, then demonyms and the names in Spanish,
// French, German, Portuguese and Italian with their adjectives.
const countryForms = `
Afghanistan|Afghan|Afganistán|Afghanistan|afgano|afghan|afghanisch
Albania|Albanian|Albanie|Albanien
Algeria|Algerian|Argelia|Algérie|Algerien|Argélia|argelino|algérien|algerisch
Argentina|Argentine|Argentinian|Argentine|Argentinien|argentino|argentina|argentin|argentinisch
Armenia|Armenian|Arménie|Armenien
Australia|Australian|Australie|Australien|Austrália|australiano|australien|australisch
Austria|Austrian|Autriche|Österreich|Áustria|austríaco|autrichien|österreichisch|österreichische
Azerbaijan|Azerbaijani|Azerbaiyán|Azerbaïdjan|Aserbaidschan
Bangladesh|Bangladeshi
Belarus|Belarusian|Bielorrusia|Biélorussie|Weißrussland
Belgium|Belgian|Bélgica|Belgique|Belgien|Belgio|belga|belge|belgisch|belgische
Bolivia|Bolivian|Bolivie|Bolivien|Bolívia|boliviano|bolivien
Brazil|Brazilian|Brasil|Brésil|Brasilien|Brasile|brasileño|brasileña|brésilien|brésilienne|brasilianisch|brasilianische|brasileiro|brasileira|brasiliano
Britain|British|United Kingdom|UK|U.K.|Reino Unido|Royaume-Uni|Großbritannien|Regno Unito|británico|británica|britannique|britisch|britische|britânico|britannico
Bulgaria|Bulgarian|Bulgarie|Bulgarien
Cambodia|Cambodian|Camboya|Cambodge|Kambodscha
Canada|Canadian|Canadá|Kanada|canadiense|canadien|canadienne|kanadisch|kanadische|canadense|canadese
Chile|Chilean|Chili|chileno|chilena|chilien|chilenisch|Cile
China|Chinese|Chine|chino|china|chinois|chinesisch|chinesische|chinês|cinese
Colombia|Colombian|Colombie|Kolumbien|Colômbia|colombiano|colombiana|colombien|kolumbianisch
Congo|Congolese|Kongo
Croatia|Croatian|Croacia|Croatie|Kroatien|Croácia|Croazia
Cuba|Cuban|Kuba|cubano|cubain|kubanisch
Czech Republic|Czech|Czechia|República Checa|Tchéquie|Tschechien|checo|checa|tchèque|tschechisch|tschechische|tschechischen|ceco|ceca
Denmark|Danish|Dinamarca|Danemark|Dänemark|Danimarca|danés|danois|dänisch|dänische|dinamarquês|danese
Ecuador|Ecuadorian|Ecuadorean|Équateur|Equador
Egypt|Egyptian|Egipto|Égypte|Ägypten|Egito|egipcio|égyptien|ägyptisch
Estonia|Estonian|Estonie|Estland
Ethiopia|Ethiopian|Etiopía|Éthiopie|Äthiopien|Etiópia
Finland|Finnish|Finlandia|Finlande|Finnland|Finlândia|finlandés|finlandais|finnisch
France|French|Francia|Frankreich|França|francés|francesa|français|française|französisch|französische|francês|francese
Germany|German|Alemania|Allemagne|Deutschland|Alemanha|Germania|alemán|alemana|allemand|allemande|deutsch|deutsche|deutschen|deutscher|alemão|tedesco
Ghana|Ghanaian
Greece|Greek|Grecia|Grèce|Griechenland|Grécia|griego|griega|grec|grecque|griechisch|griechische|grego|greco
Guatemala|Guatemalan
Haiti|Haitian|Haití|Haïti
Honduras|Honduran
Hungary|Hungarian|Hungría|Hongrie|Ungarn|Hungria|Ungheria|húngaro|hongrois|ungarisch
Iceland|Icelandic|Islandia|Islande|Island|Islanda
India|Indian|Inde|Indien|Índia|indio|indien|indisch|indiano
Indonesia|Indonesian|Indonésie|Indonesien|Indonésia
Iran|Iranian|Irán|Irã|iraní|iranien|iranisch
Iraq|Iraqi|Irak|Iraque
Ireland|Irish|Irlanda|Irlande|Irland|irlandés|irlandais|irisch
Israel|Israeli|Israël|Israele|israelí|israélien|israelisch
Italy|Italian|Italia|Italie|Italien|Itália|italiano|italiana|italien|italienne|italienisch|italienische
Jamaica|Jamaican
Japan|Japanese|Japón|Japon|Japão|Giappone|japonés|japonais|japanisch|japanische|japonês|giapponese
Jordan|Jordanian|Jordania|Jordanie|Jordanien
Kazakhstan|Kazakh
Kenya|Kenyan|Kenia|Quênia|keniano|kényan|kényane|kenianisch
Kuwait|Kuwaiti
Latvia|Latvian|Letonia|Lettonie|Lettland
Lebanon|Lebanese|Líbano|Liban|Libanon
Libya|Libyan|Libia|Libye|Libyen
Lithuania|Lithuanian|Lituania|Lituanie|Litauen
Luxembourg|Luxemburg|Luxemburgo
Malawi|Malawian
Malaysia|Malaysian|Malasia|Malaisie
Mali|Malian
Malta|Maltese
Mexico|Mexican|México|Mexique|Mexiko|Messico|mexicano|mexicana|mexicain|mexikanisch
Moldova|Moldovan|Moldavia
Mongolia|Mongolian
Morocco|Moroccan|Marruecos|Maroc|Marokko|Marrocos|Marocco
Mozambique|Mozambican|Moçambique|Mosambik
Myanmar|Burmese
Namibia|Namibian
Nepal|Nepali|Nepalese
Netherlands|Dutch|Países Bajos|Pays-Bas|Niederlande|Niederlanden|Países Baixos|Paesi Bassi|neerlandés|néerlandais|niederländisch|niederländische|holandés|olandese
New Zealand|Nueva Zelanda|Nouvelle-Zélande|Neuseeland
Nicaragua|Nicaraguan
Niger|Nigerien
Nigeria|Nigerian|Nigéria
Norway|Norwegian|Noruega|Norvège|Norwegen|Norvegia|noruego|norvégien|norvégienne|norwegisch|norwegische|norwegischen|norueguês|norvegese
Oman|Omani
Pakistan|Pakistani|Pakistán|Paquistão
Panama|Panamanian|Panamá
Paraguay|Paraguayan|paraguayo|paraguaya
Peru|Peruvian|Perú|Pérou|peruano|péruvien
Philippines|Philippine|Filipino|Filipinas|Philippinen|Filippine
Poland|Polish|Polonia|Pologne|Polen|Polens|Polônia|polaco|polonais|polnisch
Portugal|Portuguese|Portogallo|portugués|portugais|portugaise|portugiesisch|português|portoghese
Qatar|Qatari|Catar
Romania|Romanian|Rumania|Rumanía|Roumanie|Rumänien|Romênia
Russia|Russian|Rusia|Russie|Russland|Rússia|ruso|russe|russisch|russische|russo
Rwanda|Rwandan|Ruanda
Saudi Arabia|Saudi|Arabia Saudita|Arabie saoudite|Saudi-Arabien
Senegal|Senegalese|Sénégal
Serbia|Serbian|Serbie|Serbien
Singapore|Singaporean|Singapur|Singapour
Slovakia|Slovak|Eslovaquia|Slovaquie|Slowakei
Slovenia|Slovenian|Eslovenia|Slovénie|Slowenien
Somalia|Somali
South Africa|South African|Sudáfrica|Afrique du Sud|Südafrika|África do Sul|Sudafrica
South Korea|South Korean|Corea del Sur|Corée du Sud|Südkorea
South Sudan|South Sudanese|Sudán del Sur|Soudan du Sud|Südsudan|Sudão do Sul
Spain|Spanish|España|Espagne|Spanien|Espanha|Spagna|español|española|espagnol|espagnole|spanisch|spanische|espanhol|spagnolo
Sri Lanka|Sri Lankan
Sudan|Sudanese|Sudán|Soudan|Sudão
Sweden|Swedish|Suecia|Suède|Schweden|Suécia|Svezia|sueco|suédois|schwedisch|schwedische
Switzerland|Swiss|Suiza|Suisse|Schweiz|Suíça|Svizzera|suizo|schweizerisch|schweizer
Syria|Syrian|Siria|Syrie|Syrien|Síria
Taiwan|Taiwanese
Tanzania|Tanzanian
Thailand|Thai|Tailandia|Thaïlande
Tunisia|Tunisian|Túnez|Tunisie|Tunesien
Turkey|Turkish|Türkiye|Turquía|Turquie|Türkei|Turquia|Turchia|turco|turc|turque|türkisch
Uganda|Ugandan
Ukraine|Ukrainian|Ucrania|Ucrânia|Ucraina|ucraniano|ukrainien|ukrainisch|ukrainische
United States|American|U.S.|US|USA|Estados Unidos|États-Unis|Vereinigte Staaten|Stati Uniti|EE.UU.|estadounidense|américain|américaine|amerikanisch|amerikanische|americano|statunitense
Uruguay|Uruguayan
Uzbekistan|Uzbek
Venezuela|Venezuelan
Vietnam|Vietnamese|Vietnamita
Yemen|Yemeni
Zambia|Zambian
Zimbabwe|Zimbabwean
`
