package extractive

// An invented article of about 500 words, with most of what the rules read.
const harbourTitle = "Port of Averley closes after fuel barge sinks"

const harbourText = `AVERLEY, May 6 (Coastline) — The port of Averley was closed to all traffic on Wednesday after a fuel barge sank in the main channel, spilling an estimated 140 tonnes of diesel, Harbour Minister Ilona Brandsted said.

The barge went down at 4:20 a.m. about two kilometres from the breakwater, according to the Averley Port Authority (APA). Its two crew members were rescued by a pilot boat and no one was hurt.

"We have the leak under a boom, and the boom is holding," Brandsted told reporters at the quay. "What we do not have is an explanation."

Captain Tobias Renquist, who commands the coastguard station at Sund Point, said divers would go down on Thursday if the weather allowed. "The wreck is upright," he said. "That is the only good news I can give you."

The vessel was operated by Kestrel Bunkering, a family firm based in the neighbouring town of Holm. Its managing director, Margit Oyelaran, said the barge had passed an inspection in March. She declined to say whether it had been overloaded.

The Dockworkers' Union said it had warned of overloading twice last year. "They counted the money and not the freeboard," said Piet Vandersloten, the union's general secretary.

Averley handles about a fifth of the country's grain exports. The closure is expected to cost exporters 3 million euros a day, said Anselm Duarte, a shipping analyst at Corwin and Hale, a consultancy. Wheat prices rose 1.5 percent.

Prime Minister Helga Straumann cancelled a visit to the south and will chair a meeting of the emergency committee on Friday. Her office said the army had been asked to stand by.

Residents of the old town were told to keep their windows shut. The city council opened two schools for people with breathing problems, and Mayor Jonas Ferreby asked everyone to stay away from the beaches.

The environment agency said that dead birds had been found near the river mouth, but that it was too early to speak of lasting damage. "Diesel is not crude, and this is not the nineties," said Dr Nadia Okonjo-Reyes, a marine biologist at the University of Averley. Fishermen were less calm. Rolf Haugland, a former trawler skipper who chairs the fishermen's association, called the spill "a bill that we will be paying for ten years".

A similar accident in 2014 closed the port for nine days. An inquiry led by Judge Emil Castor then recommended that fuel barges be banned from the channel at night. The rule was dropped in 2019, when Brandsted's predecessor, Viktor Salme, said it had made bunkering too expensive.

Salme, who now advises Kestrel Bunkering, could not be reached for comment. The opposition called for the minister to resign. Its transport spokeswoman, Dorte Linnemann, said that the government had been "warned in writing".

The port authority said it hoped to reopen the channel to smaller ships by the weekend. Salvage of the wreck could take three weeks.`
