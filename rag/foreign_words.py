"""A question → whether its words are grammar of a language other than English: "wer ist", "où est".

Only where the question has more such words than English ones: "die", "come" and "son" are words of
English too. Which words carry meaning in English is for ``query``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GRAMMAR = """
de: wer wen wem wessen was wann wo woher wohin warum wieso weshalb wie welche welcher welches
    welchen der die das den dem des ein eine einen einem einer und oder aber ist sind war waren
    wird wurde wurden hat haben hatte in im am an auf aus bei mit nach von vom vor zu zum zur
    für über gegen durch es er sie wir ihr nicht viel viele sich als dass kein keine gibt
fr: qui que quoi quel quelle quels quelles quand où comment pourquoi combien est sont était a
    ont ai le la les l un une des du de d et ou mais dans en sur sous à au aux par pour avec
    sans il elle ils elles on ce cette ces se s qu y ne pas été dit
es: quién quiénes qué cuál cuáles cuándo dónde cómo cuánto cuántos cuánta cuántas por es son era
    fue fueron está están el la los las un una unos de del y o pero en al a con sin para se su
    sus que no ha han hay lo le
it: dov cos dell nell dall sull quell com chi che cosa quale quali quando dove come perché
    quanto quanti quanta quante è sono era fu ha hanno il lo la i gli le un uno una di del della
    dei delle dello e o ma in nel nella a al alla con per da dal dalla si su sul sulla non ci
pt: quem que qual quais quando onde como porque porquê quanto quantos quantas é são foi era está
    o a os as um uma de do da dos das e ou mas em no na nos nas ao à com por para se não há
nl: wie wat welk welke wanneer waar waarom hoe hoeveel is zijn was waren werd heeft hebben de
    het een en of maar in op aan bij met van voor naar uit door er niet dat die deze ze hij
sv: vem vad vilken vilket vilka när var varför hur är blev har hade den det en ett de och eller
    men i på av med för från till om som inte sig
da: hvem hvad hvilken hvilket hvilke hvornår hvor hvorfor hvordan er var blev har havde den det
    en et de og eller men i på af med for fra til om som ikke sig
pl: kto kogo co jaki jaka jakie kiedy gdzie dlaczego jak ile jest są był była było były czy w we
    z ze na do od po o i a lub ale nie się to ten ta te dla przez za
cs: kdo koho co jaký jaká jaké kdy kde proč jak kolik je jsou byl byla bylo v ve s se na do od
    po o a i nebo ale ne si to ten ta pro za
tr: kim ne nerede nereye ne zaman neden niçin nasıl kaç hangi ve veya ama bir bu şu o mi mı mu
    mü ile için de da
ru: кто кого кому что чего когда где куда откуда почему зачем как какой какая какое какие
    сколько это был была было были есть в во на с со к ко у о об от до по за из и или но не ли
uk: хто кого кому що чого коли де куди звідки чому навіщо як який яка яке які скільки це був
    була було були є в у на з із зі до від по за про і й та або але не чи
el: ποιος ποια ποιο τι πότε πού γιατί πώς πόσο πόσα είναι ήταν ο η το οι τα του της των και ή σε
    στο στη στην με για από δεν
"""
_UNSPACED = re.compile(
    "在哪里|在哪儿|在哪|什么时候|什麼時候|为什么|為什麼|什么|什麼|怎么|怎麼|多少|哪里|哪裡|哪儿|哪些|哪个|哪個|谁|誰|"
    "何时|何時|为何|如何|吗|嗎|呢|いつ|どこ|だれ|誰|なぜ|どう|何人|いくつ|いくら|です|ます|ました|でした|"
    "か$|언제|어디서|어디|누가|누구|왜|어떻게|얼마나|무엇|몇"
)

_CJK = r"\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af"
_RUN = re.compile(rf"[{_CJK}]+|[^{_CJK}]+")
_PARTICLE = re.compile(r"[\u3041-\u3096在的了和与]")


def _languages() -> list[frozenset[str]]:
    return [
        frozenset(words.split())
        for words in re.split(r"\b[a-z]{2}:\s", " ".join(_GRAMMAR.split()))
        if words.strip()
    ]


_LANGUAGES = _languages()


def foreign_grammar(words: Iterable[str], english_count: int) -> frozenset[str]:
    """A question's words as written, and how many of its words are English grammar → those, in
    lower case, that are grammar of the language that has most of them; none where English has more.
    """
    known = {word.casefold() for word in words}
    best = max((frozenset(known & language) for language in _LANGUAGES), key=len)
    return best if len(best) > english_count else frozenset()


def without_question_words(word: str) -> list[str]:
    """A word with Chinese, Japanese or Korean in it → its pieces between the words that ask and
    between these scripts and others, without single particles.
    """
    pieces = [run for piece in _UNSPACED.split(word) for run in _RUN.findall(piece)]
    return [piece for piece in pieces if not _PARTICLE.fullmatch(piece)]
