package text

type abbrClass uint8

const (
	abbrNone   abbrClass = iota
	abbrTitle            // stands before a name: never ends a sentence
	abbrNever            // e.g., vs., z.B.: never ends one either
	abbrNumber           // is one only before a number: No. 10
	abbrMonth            // a month or weekday cut short
	abbrMaybe            // Inc., etc., U.S.: ends one if what follows starts one
)

// abbreviation classes a word written without its closing point.
func abbreviation(w string) abbrClass {
	if len(w) > 10 {
		return abbrNone
	}
	return abbreviations[w]
}

var abbreviations = func() map[string]abbrClass {
	m := make(map[string]abbrClass, 256)
	put := func(c abbrClass, words ...string) {
		for _, w := range words {
			m[w] = c
		}
	}
	put(abbrTitle,
		"Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Gen", "Lt", "Col", "Maj", "Capt", "Cpl", "Sgt", "Pvt", "Brig", "Cmdr", "Cdr", "Adm",
		"Sen", "Sens", "Rep", "Reps", "Gov", "Govs", "Rev", "Hon", "Pres", "Supt", "Insp", "Atty", "Amb", "Msgr", "Fr", "Ste", "Mt", "Ft", "Pte", "Ald", "Revd", "Dep", "Asst",
		"GEN", "LT", "COL", "CAPT", "SGT", "SEN", "GOV", "DR", "MR", "MRS", "MS", "PROF",
		"Sr", "Sra", "Srta", "Sres", "Dra", "Dña", "Ud", "Uds", "Excmo", "Excma", "Ing", "Lic", "Arq", "Mons", "Cnel", "Gral", "Sto", "Sta",
		"Mme", "Mlle", "MM", "Mgr", "Me",
		"Hr", "Frl", "Mag", "Dipl", "St",
		"dott", "sig", "avv", "prof", "sr", "sra", "dra", "dr", "Sig", "Sigra", "Dott", "Avv", "Rag", "Geom", "Mons", "Cav", "Gent",
		"Exmo", "Exma", "Profa", "Dep")
	put(abbrNever,
		"vs", "cf", "eg", "ie", "viz", "approx", "ca", "bzw", "evtl", "ggf", "inkl", "sog", "vgl", "Tel", "tel", "aprox", "env", "ss", "resp", "al", "Bd", "Hrsg", "zzgl", "einschl", "insb", "max", "min", "Mio", "Mrd", "mln", "mld")
	put(abbrNumber, "No", "Nos", "Nr", "nr", "núm", "Núm", "num", "p", "pp", "Art", "art", "Fig", "fig", "Vol", "vol", "cap", "Abs", "pág", "Para", "Sec", "sec", "Ch", "ch")
	put(abbrMonth, "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec", "Tue", "Tues", "Wed", "Thu", "Thur", "Thurs", "Fri",
		"ene", "febr", "abr", "ago", "sept", "oct", "nov", "dic", "janv", "févr", "avr", "juil", "déc", "Okt", "Dez", "gen", "mag", "giu", "lug", "ott")
	put(abbrMaybe, "Inc", "Ltd", "Co", "Corp", "Bros", "Cos", "St", "Jr", "Esq", "etc", "Ave", "Blvd", "Rd", "Ltda", "Cía", "usw", "ecc", "Str", "Pty", "Mfg", "Intl", "Assn", "Dept", "Natl", "Ph", "Ariz", "Calif", "Colo", "Conn", "Fla", "Ky", "Md", "Mich", "Minn", "Neb", "Nev", "Okla", "Tenn", "Tex", "Vt", "Wis", "Wyo", "Ont")
	return m
}()
