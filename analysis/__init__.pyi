from . import agreement as agreement
from . import annotation as annotation
from . import figures as figures
from . import names as names
from . import sources as sources
from . import study as study
from . import themes as themes
from . import words as words
from .agreement.voices import account as account
from .agreement.voices import agreement_by_interview as agreement_by_interview
from .agreement.voices import load_gold as load_gold
from .annotation.tokens import annotate as annotate
from .annotation.tokens import load_tokens as load_tokens
from .corpus import Corpus as Corpus, load_corpus as load_corpus
from .files import SourceError as SourceError
from .sources.interviews import load_interviews as load_interviews
from .sources.utterances import load_utterances as load_utterances
