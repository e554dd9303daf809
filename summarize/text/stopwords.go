package text

import "strings"

// stopWordLists are the words of each language that carry no matter of their
// own; Language recognises a text by them too. Written in folded form.
var stopWordLists = map[string]string{
	"en": `the of and to a in is it that was for on are as with his they at be this from i have or by had not but what all were when we
		there can an your which their said if do will each about how up out them then she many some so these would other into has more her
		two him could no than been its who now my over did down only may after back most our where me also just before must through very
		any same being because does such here why while during both under between those against until since again few around within
		without off own should too yet ever he you us am one upon among amid per via says say according though although whether however
		whose whom himself herself itself themselves it's don't didn't isn't wasn't won't can't doesn't couldn't wouldn't i'm he's she's`,
	"es": `de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin sobre este ya entre
		cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque qué sólo solo han yo hay vez puede todos así
		nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada e vida otro después te otros aunque esa eso hace otra gobierno tan
		durante siempre día tanto ella tres sí dijo sido según menos antes estos estas unos tras fueron está están ante contra cual e les`,
	"fr": `de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la avec ou son sa ses aux mais
		comme nous on tout elle cette ont été fait être leur deux même ces sans peut après bien où y ils lui avait aussi entre je dont
		contre depuis encore sous était c d l n s qu j lors selon leurs très avant vers avoir jusque si quand trois ainsi alors chez
		autres notamment toujours dit moins pendant tous vous donc cet`,
	"de": `der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird
		bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei hatte kann
		gegen vom können schon wenn habe seine ihre dann unter wir soll eines ich jahr jahren diese dieser wieder keine seit während
		zwei ihr ihm ihn ihren ihrer seiner wurden worden doch gibt muss zwischen sagte laut damit da dort hier jetzt beim ins weil sollen
		ohne andere anderen sehr`,
	"pt": `de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito nos já eu
		também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas me esse elas você essa num nem suas meu às minha foi
		ser está tem são há era foram segundo após sobre disse dois anos contra desde ainda este esta pode ter estão dela dele sido
		durante cada onde porque nesta neste lhe lhes`,
	"it": `di e il la che in un a per è una del con non i da si le dei al come ma anche ha alla più nel della sono lo gli delle su o se ci
		dalla era questo questa tra fra sua suo suoi hanno due stato stata dopo nella dal degli quando essere ai anni loro solo molto prima
		tutti tutto senza contro già fatto dove sul sulla perché così ancora quello quella chi cui stati secondo ed ad ogni poi mentre
		anni nei nelle sia lui lei noi`,
	"nl": `de van het een en in is dat op te zijn met voor die niet aan er om ook als dan maar bij of uit nog naar heeft hij ze wordt door
		over was al werd meer deze dit kan zou we zo tot je worden veel hun geen hebben had wel moet na tegen zich onder jaar volgens tussen
		omdat zegt twee haar sinds toen ons ik wat nu waar alleen omdat wil kunnen`,
}

var stopWords = func() map[string]map[string]bool {
	m := make(map[string]map[string]bool, len(stopWordLists))
	for lang, list := range stopWordLists {
		set := map[string]bool{}
		for _, w := range strings.Fields(list) {
			set[w] = true
		}
		m[lang] = set
	}
	return m
}()
