"""What the scripted voices say: words only, in several languages. Knows no request.

English has two sets, one for the question of the demo and one for any other question of what to do. The others are
shorter, and are there for their scripts: German for long words, Japanese for wide characters without spaces,
Arabic for writing from right to left.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

VOICES = ("builder", "skeptic", "researcher", "contrarian")
"""The ring: without another hint each answers the next."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `openings` and `rebuttals` are by voice; `to` has places for `{who}` and `{quote}`."""

    names: Mapping[str, str]
    openings: Mapping[str, str]
    rebuttals: Mapping[str, str]
    to: str
    to_you: str
    no_quote: str
    comment: str
    headline: str
    decision: str
    agreed: str
    split: str
    flip: tuple[str, str]
    other: str
    frame: Mapping[str, Any]


def prose(characters: int, seed: int = 0) -> str:
    """Exactly so many characters of made-up English, in sentences and paragraphs; the same for the same seed."""
    rng = random.Random(seed)
    parts: list[str] = []
    size = 0
    for paragraph_end in cycle((False, False, False, True)):
        if size >= characters:
            break
        sentence = " ".join(rng.choices(_WORDS, k=rng.randint(8, 18))).capitalize() + "."
        parts.append(sentence + ("\n\n" if paragraph_end else " "))
        size += len(parts[-1])
    # the cut may leave a space at the end: a full stop keeps the length after stripping
    return "".join(parts)[: max(0, characters - 1)].ljust(max(0, characters - 1), ".") + "." * (characters > 0)


_WORDS = re.findall(
    r"\w+",
    "the team who runs a service at night will tell you which part of every plan was hope and which was work "
    "because cost follows attention and attention follows pain so measure first then move one piece keep the "
    "old path open until numbers hold for a month write down what would change your mind and ask again in "
    "spring ",
)

_NAMES = {
    "builder": "The Builder",
    "skeptic": "The Skeptic",
    "researcher": "The Researcher",
    "contrarian": "The Contrarian",
    "you": "You",
}

_HOSTING = {
    "builder": (
        "Self-hosting is a product you did not plan to build, and for most teams it should stay unbuilt. The model "
        "file is the easy part: you download it, it answers, and the demo looks finished by the evening. What you have "
        "really taken on is a scheduler, a queue, a set of drivers that must agree with each other, and a pager that "
        "somebody has to carry.\n\n"
        "With an API you buy one thing above all, and it is not the model. You buy the right to be wrong about your "
        "own traffic. In the first months you don't know how long your prompts will be, how bursty the mornings are, "
        "or whether the feature survives its launch. A bill that follows use forgives every one of those mistakes; "
        "hardware forgives none of them.\n\n"
        "Put a thin layer of your own in front of whichever endpoint you call, log every prompt with its latency and "
        "its cost, and keep a set of real questions with answers you trust. That layer is a few days of work, and it "
        "turns a later move into a change of address. Skip it and you are locked in by your own code, whoever the "
        "vendor is.\n\n"
        "Self-host when the same load has been steady for a full quarter and two people on your team want to run it; "
        "until both are true, call the API."
    ),
    "skeptic": (
        "The hidden cost is the idle hour: a rented accelerator bills you at three in the morning exactly as it does "
        "at noon, while nobody asks it anything. Every comparison that I see divides the monthly rent by the tokens "
        "the card could produce. Nobody's users behave like that. Divide by the tokens they will really ask for and "
        "the attractive figure goes away.\n\n"
        "But don't let the API off either. Prices change on a page you don't control, models are retired on a calendar "
        "you did not write, and a rate limit is a quiet decision by somebody else about how fast you may grow. You are "
        "not choosing between expensive and cheap. You are choosing who may surprise you.\n\n"
        "Then there is the clause that people read last. If your customers' contracts forbid sending their data to a "
        "third party, the whole argument about cost was theatre, because the answer was fixed before you opened the "
        "spreadsheet. If they don't forbid it, ask who in your company would notice a leak first. If that is nobody, "
        "then a machine in your own rack is not safer. It is only nearer.\n\n"
        "Decide by the surprise that you could survive: if a doubled bill would end you, own the hardware; if a lost "
        "weekend would, rent the answer."
    ),
    "researcher": (
        "The figure that decides this is utilisation: the share of the hours you pay for in which the hardware does "
        "work that somebody wanted. Everything else in the comparison moves by tens of per cent, and this one moves by "
        "multiples. I have no published number for your workload, so treat what follows as an estimate and replace it "
        "with your own log.\n\n"
        "Take a service used in office hours by people in one time zone. Fifty hours of a week with a hundred and "
        "sixty-eight are busy, and a busy hour is seldom full. Utilisation then lands well under a third. At that "
        "level an owned machine costs several times its price per useful token, and no discount on the rent closes the "
        "gap. A batch job that runs all night is a different animal: it can fill the hours that people leave empty.\n\n"
        "Quality is the second figure, and public leaderboards will not give it to you. They measure somebody else's "
        "questions. Fifty of your own, graded blind by two people who will use the answers, tell you more than any "
        "table, and they take an afternoon.\n\n"
        "So measure before you argue: if a month of logs shows that you would keep the hardware busy for more than "
        "half of its hours, self-hosting deserves a trial; below that, it does not."
    ),
    "contrarian": (
        "The consensus says to start with an API and to move once you are big, and I think that it has the order "
        "backwards. The time to learn how a model is run is when nothing depends on it. Two friendly users and a "
        "machine under a desk teach you what a token costs, why the first one is slow, and which of your prompts are "
        "wasteful. Learn that later and you learn it in front of customers.\n\n"
        "Small open models are also better than their reputation, because most of what you ask is not hard. Sorting a "
        "message, pulling three fields out of a letter, rewriting a paragraph: such work does not need the best model "
        "in the world. Teams send it there all the same, since the address was already in the code. An owned model "
        "makes you ask how hard the question is, and that habit outlives any price.\n\n"
        "I grant what the others will say, that the hardest tenth of your questions belongs with the strongest model. "
        "Then send that tenth. What I reject is that the other nine should follow out of habit, and that a team which "
        "has never run one can judge the offer of somebody who has.\n\n"
        "Begin with the machine if your work is mostly small and repeated; begin with the API only if your very first "
        "feature needs the very best answer."
    ),
}

_ANY = {
    "builder": (
        "Do the small version first, and do it this month. Whatever you decide on paper will meet a Tuesday on which "
        "two people are ill and something else is on fire, and the plan that survives that day is the one with few "
        "moving parts. I would rather ship a plain thing that I can undo than a clever thing that I must defend.\n\n"
        "Look at who carries it after the launch. Every choice of this kind is sold by the people who will build it "
        "and paid for by the people who will run it, and they are rarely in the same room. Put them in the same room. "
        "Ask the second group what would wake them at night, write down the three answers, and treat them as the "
        "specification. Most of the argument goes away once those sentences are on the wall.\n\n"
        "Keep the old way running while you try. It costs you some double work for a few weeks, and it buys you "
        "something that no review can: the right to stop without losing face. Set the date on which you will decide, "
        "and decide on it with what you have learned rather than with what you had hoped.\n\n"
        "Go ahead if you can undo it within a week and name the person who will run it; if either is missing, cut it "
        "down until both are there."
    ),
    "skeptic": (
        "The cost that nobody has written down is attention: while this is going on, the same few people stop doing "
        "what they were good at. Money has a line in the budget and a person who complains. Attention has neither, so "
        "it is spent without a vote. Before you compare the options, list what will not happen this quarter because of "
        "them, and ask whether anybody agreed to that.\n\n"
        "Next, look for the assumption that all sides share. When two camps argue hotly, the weak point is usually the "
        "sentence on which they agree, because nobody was paid to check it. Here it is that things will go on as they "
        "are while you change them. They won't. The market, the team and the thing itself move, and a plan that needs "
        "them to hold still has already failed.\n\n"
        "Last, ask who is paid if you say yes. That does not make them wrong; it tells you which figure to check "
        "first. If the person with the most detailed estimate is also the person with the most to gain, have somebody "
        "else redo that estimate in an hour, without seeing the first.\n\n"
        "Say no by default, and change your mind only for the option whose worst month you could pay for twice."
    ),
    "researcher": (
        "The number to start from is how often plans like yours have come in on time, and in most places nobody has "
        "kept it. That is a finding in itself: without a base rate, every estimate in the room is a wish with a "
        "decimal point. I can't give you a sourced figure for your own case, and I will not make one up, so here is "
        "how to get one by Friday.\n\n"
        "Take the last five decisions of this size that you made. Write down what was promised, what happened, and how "
        "long it took to notice the difference. Five is a poor sample and it still beats none, because it is yours. If "
        "four of the five ran late, then your sixth estimate should carry that lateness before anybody argues about "
        "its virtues.\n\n"
        "Then separate what you know from what you were told. A claim with a source can be checked by somebody who "
        "doubts it; a claim without one can only be repeated. Mark each line of the proposal as measured, estimated or "
        "hoped, and count the marks. In my reading of such documents the third kind tends to carry the conclusion.\n\n"
        "Wait if the claims that carry the decision are mostly hoped; go on if at least half of them have been "
        "measured by somebody who did not write the proposal."
    ),
    "contrarian": (
        "Everybody will tell you to wait for better evidence, and I think that waiting is the least examined option on "
        "the table. It feels free because its costs arrive without an invoice. The people who would have learned "
        "something don't, the problem settles into habit, and in a year you will hold the same meeting with a longer "
        "list of reasons.\n\n"
        "Caution has a reputation that it did not earn. A decision which can be undone deserves an afternoon, not a "
        "committee, and most decisions can be undone. We remember the bold moves that went wrong because they made "
        "noise. The slow ones that were never made leave no trace at all, so nobody counts them, and the record "
        "flatters the careful.\n\n"
        "The minority view that I would defend is to do the uncomfortable option first, in the smallest form that is "
        "still real. Not as a pilot with a friendly audience, which proves only that friends are kind. Put it where it "
        "can fail. You will know within days what a quarter of discussion could not tell you, and you will have paid "
        "for it with a bruise instead of a budget.\n\n"
        "Act now if a failure would cost you a week; wait only if it would cost you something that you can't buy back."
    ),
}

_REBUTTALS = {
    "builder": (
        "That holds on paper and breaks in operation, because it counts the decision and leaves out the months that "
        "follow it. Somebody has to keep the thing alive, and that somebody's time is the cost which you did not name. "
        "I give the Researcher credit for asking that we measure first; a log from real use would settle more than all "
        "four of us. But measuring needs a running thing to measure, and the cheapest running thing is the plain one. "
        "So I hold my line, and add one point to it: whichever way you go, write the way back before you set out. A "
        "page that says how you would return, who would do it and how long it takes is the only part of any plan that "
        "I have seen age well. If you can't write that page, you do not understand the choice yet."
    ),
    "skeptic": (
        "Look at what that sentence assumes: that the person who pays and the person who gains are the same. Where "
        "they differ, the argument runs the other way, and the mechanism is dull. Whoever gains keeps asking for more, "
        "and whoever pays finds out at the end of the quarter. The Builder is right that the running of it decides, "
        "and I would go further than that: ask for the name of the one who says stop. A plan with no such name does "
        "not stop by itself. I have not heard an answer to the plainest objection either, which is that all of us "
        "argue from the good month. Take the bad one. Price the choice as it looks when the traffic doubles, a key "
        "person leaves and the supplier changes its terms in the same week. If it still stands, I will withdraw."
    ),
    "researcher": (
        "As it stands, that is an estimate presented as a finding, and no source came with it. It may well be true; I "
        "only ask what observation would show it to be false, and I do not find one in the statement. The Skeptic was "
        "right to ask who is paid, since that tells us which figures were checked by somebody with a reason to check. "
        "My own position narrows rather than moves. I said that measuring comes first, and I now add what to measure: "
        "the share of paid hours that are used, and the share of answers that a person would sign. Both can be had in "
        "a week from data that you already own. If the first is above a half and the second is above nine in ten, then "
        "the case against acting is gone, and I would say so in this very room."
    ),
    "contrarian": (
        "That is the sentence which every careful person nods at, and I ask you to look at what the nod costs. It "
        "makes the present arrangement the judge of its own case: the burden lies on whoever wants to move, and the "
        "status quo never has to show its figures. The Researcher at least names a test that could go against caution, "
        "and for that I would trade all our principles. So run that test, but run it on both options and not on the "
        "new one alone. My new point is about time. The options are not symmetrical: one of them teaches you something "
        "while you are wrong, and the other teaches you nothing while you are right. Between two choices of similar "
        "price, take the one that leaves you knowing more on the day you regret it."
    ),
}

ENGLISH = Texts(
    names=_NAMES,
    openings=_ANY,
    rebuttals=_REBUTTALS,
    to="To {who}: “{quote}” ",
    to_you="You say: “{quote}” That changes the weight of things, and I answer it directly: plan for the team that "
    "you have, not for the one that you would hire. ",
    no_quote="To {who}: your case leans on a step that was never argued. ",
    comment="Then my answer shifts in one respect: what you found out counts for more than anything we assumed.",
    headline="Start small with what you can undo, measure for a month, and commit only once the load is steady.",
    decision="If the choice can be undone within a week, make it now in its smallest real form; if it can't, measure "
    "for a month first. In both cases, write down today who will run it and what would make you stop.",
    agreed="Measure your own use before you commit.",
    split="Whether to act first and learn, or to wait for the figures.",
    flip=("A month of your own logs shows a steady load.", "Read last month's request log."),
    other="The question is contested; the options are to do it now, to try it small, or to leave it.",
    frame={
        "restatement": "Is it better to do this with what is there now, to try it small first, or to leave it?",
        "presuppositions": ["Somebody is there to run it."],
        "options": ["Do it now", "Try it small first", "Leave it"],
        "kind": "contested",
    },
)
HOSTING = _HOSTING
"""English openings for the question of the demo: self-hosting a language model or calling an API."""

GERMAN = Texts(
    names=_NAMES,
    openings={
        "builder": "Fangen Sie klein an, und fangen Sie diesen Monat an. Entscheidend ist nicht die Einführung, "
        "sondern die Betriebsverantwortung danach.\n\nFragen Sie zuerst die Leute, die nachts geweckt werden. Wenn Sie "
        "den Rückweg in einer Woche schaffen, gehen Sie los; sonst verkleinern Sie das Vorhaben.",
        "skeptic": "Die versteckten Kosten heißen Aufmerksamkeit: Wer umbaut, lässt anderes liegen. Niemand hat "
        "darüber abgestimmt.\n\nFragen Sie, wer an der Zusage verdient. Sagen Sie nein, solange Sie den schlimmsten "
        "Monat nicht zweimal bezahlen könnten.",
        "researcher": "Die wichtigste Zahl ist die Auslastung, und Sie haben sie noch nicht gemessen. Ohne Messwert "
        "ist jede Kostenrechnung eine Schätzung.\n\nWerten Sie vier Wochen Protokolle aus. Über der Hälfte lohnt sich "
        "ein Versuch, darunter nicht.",
        "contrarian": "Alle raten zum Abwarten, und gerade das halte ich für die ungeprüfte Wette. Auch das Warten "
        "kostet, nur schickt niemand eine Rechnung.\n\nHandeln Sie jetzt, wenn ein Fehlschlag eine Woche kostet; "
        "warten Sie nur, wenn er Unersetzliches kostet.",
    },
    rebuttals={
        "builder": "Das stimmt auf dem Papier und bricht im Betrieb, weil die Monate danach fehlen. Schreiben Sie den "
        "Rückweg auf, bevor Sie losgehen.",
        "skeptic": "Der Satz setzt voraus, dass derselbe zahlt, der gewinnt. Rechnen Sie mit dem schlechten Monat, "
        "dann ziehe ich meinen Einwand zurück.",
        "researcher": "Das ist eine Schätzung ohne Quelle. Nennen Sie die Beobachtung, die sie widerlegen würde; ich "
        "messe sie gern.",
        "contrarian": "Dazu nicken alle, und das Nicken kostet. Prüfen Sie beide Möglichkeiten, nicht nur die neue.",
    },
    to="An {who}: „{quote}“ ",
    to_you="Sie sagen: „{quote}“ Darauf antworte ich zuerst: Planen Sie mit den Leuten, die Sie haben. ",
    no_quote="An {who}: Ihr Argument überspringt einen Schritt. ",
    comment="Dann verschiebt sich meine Antwort: Was Sie gemessen haben, zählt mehr als unsere Annahmen.",
    headline="Beginnen Sie klein und umkehrbar, messen Sie einen Monat lang, und binden Sie sich erst danach.",
    decision="Wenn der Rückweg eine Woche dauert, fangen Sie an; sonst messen Sie zuerst. Benennen Sie heute, wer es "
    "betreibt.",
    agreed="Messen Sie, bevor Sie sich binden.",
    split="Ob man zuerst handelt oder zuerst misst.",
    flip=("Die eigene Last ist seit einem Monat stetig.", "Lesen Sie das Protokoll des letzten Monats."),
    other="Die Frage ist strittig: jetzt, im Kleinen oder gar nicht.",
    frame={
        "restatement": "Soll man es jetzt tun, im Kleinen versuchen oder lassen?",
        "presuppositions": ["Es gibt jemanden, der es betreibt."],
        "options": ["Jetzt tun", "Im Kleinen versuchen", "Lassen"],
        "kind": "contested",
    },
)

JAPANESE = Texts(
    names=_NAMES,
    openings={
        "builder": "まず小さく始めるべきです。難しいのは導入ではなく、その後の運用です。\n\n"
        "夜中に呼び出される人に、最初に聞いてください。一週間で元に戻せるなら進み、戻せないなら規模を小さくしてください。",
        "skeptic": "見えない費用は注意力です。作り直している間、同じ人たちは本来の仕事をしていません。\n\n"
        "誰が得をするのかを確かめてください。最悪の月の費用を二回払えないなら、やめておくべきです。",
        "researcher": "決め手になる数字は稼働率です。測っていないなら、どの計算も推定にすぎません。\n\n"
        "一か月分の記録を集計してください。半分を超えるなら試す価値があり、下回るなら待つべきです。",
        "contrarian": "多くの人は待てと言いますが、待つことこそ検討されていない選択です。"
        "待つ費用には請求書が届きません。\n\n失敗しても一週間で済むなら、今すぐ動いてください。",
    },
    rebuttals={
        "builder": "紙の上では正しくても、運用では崩れます。始める前に、戻り方を書いておいてください。",
        "skeptic": "その文は、払う人と得をする人が同じだと仮定しています。悪い月で計算し直してください。",
        "researcher": "それは出典のない推定です。何が観測されたら誤りだと認めるのかを示してください。",
        "contrarian": "誰もがうなずく言葉ですが、うなずくことにも費用がかかります。両方の案を試してください。",
    },
    to="{who}へ\uff1a「{quote}」",
    to_you="あなたは「{quote}」と言いました。まずそれに答えます。今いる人数で計画してください。",
    no_quote="{who}へ\uff1aその主張には、論じられていない一歩があります。",
    comment="それなら答えは変わります。あなたが測った事実は、私たちの仮定より重いからです。",
    headline="元に戻せる小さな一歩から始め、一か月測ってから本格的に決めること。",
    decision="一週間で戻せるなら今始め、戻せないなら先に測ってください。誰が運用するかを今日決めること。",
    agreed="決める前に自分の利用を測ること。",
    split="先に動くか、先に測るか。",
    flip=("一か月の負荷が安定している。", "先月の記録を読む。"),
    other="意見の分かれる問いです。今やるか、小さく試すか、やめるか。",
    frame={
        "restatement": "今やるべきか、小さく試すべきか、やめるべきか。",
        "presuppositions": ["運用する人がいること。"],
        "options": ["今やる", "小さく試す", "やめる"],
        "kind": "contested",
    },
)

ARABIC = Texts(
    names=_NAMES,
    openings={
        "builder": "ابدأ بالنسخة الصغيرة هذا الشهر. الصعوبة ليست في الإطلاق بل في التشغيل بعده.\n\n"
        "اسأل أولا من سيوقظه العطل ليلا. إن استطعت التراجع خلال أسبوع فامض، وإلا فصغر المشروع.",
        "skeptic": "الكلفة الخفية هي الانتباه: من يبني هذا يترك عملا آخر. لم يصوت أحد على ذلك.\n\n"
        "اسأل من الذي يربح من الموافقة. قل لا ما دمت لا تستطيع دفع أسوأ شهر مرتين.",
        "researcher": "الرقم الحاسم هو نسبة الاستخدام، وأنت لم تقسها بعد. كل حساب دونها تقدير فقط.\n\n"
        "اجمع سجل شهر كامل. فوق النصف تستحق التجربة، وتحته لا تستحق.",
        "contrarian": "الجميع ينصح بالانتظار، وأنا أرى أن الانتظار هو الرهان الذي لم يفحصه أحد. له كلفة بلا فاتورة.\n\n"
        "تحرك الآن إن كان الفشل يكلف أسبوعا، وانتظر فقط إن كان يكلف ما لا يعوض.",
    },
    rebuttals={
        "builder": "هذا صحيح على الورق ويسقط عند التشغيل. اكتب طريق العودة قبل أن تبدأ.",
        "skeptic": "تفترض هذه الجملة أن من يدفع هو من يربح. احسبها في الشهر السيئ.",
        "researcher": "هذا تقدير بلا مصدر. ما المشاهدة التي تثبت خطأه؟",
        "contrarian": "الكل يوافق على هذه الجملة، وللموافقة ثمن. اختبر الخيارين معا.",
    },
    to="إلى {who}: «{quote}» ",
    to_you="أنت تقول: «{quote}» وأجيبك أولا: خطط للفريق الذي لديك. ",
    no_quote="إلى {who}: في حجتك خطوة لم تناقش. ",
    comment="إذن يتغير جوابي: ما قسته أنت أثقل من افتراضاتنا.",
    headline="ابدأ بخطوة صغيرة يمكن التراجع عنها، وقس شهرا كاملا قبل أن تلتزم.",
    decision="إن أمكن التراجع خلال أسبوع فابدأ الآن، وإلا فقس أولا. حدد اليوم من سيشغله.",
    agreed="قس استخدامك قبل أن تلتزم.",
    split="هل نتحرك أولا أم نقيس أولا.",
    flip=("الحمل ثابت منذ شهر.", "اقرأ سجل الشهر الماضي."),
    other="السؤال محل خلاف: الآن، أو بتجربة صغيرة، أو لا.",
    frame={
        "restatement": "هل نفعل ذلك الآن أم نجربه على نطاق صغير أم نتركه؟",
        "presuppositions": ["أن هناك من يشغله."],
        "options": ["الآن", "تجربة صغيرة", "تركه"],
        "kind": "contested",
    },
)

LANGUAGES: Mapping[str, Texts] = {"en": ENGLISH, "de": GERMAN, "ja": JAPANESE, "ar": ARABIC}
