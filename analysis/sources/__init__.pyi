from .check import check_interviews as check_interviews
from .conversation import exchanges as exchanges
from .interviews import labels_of as labels_of
from .interviews import load_interviews as load_interviews
from .interviews import read_interviews as read_interviews
from .interviews import read_source as read_source
from .proposal import propose as propose
from .utterances import load_utterances as load_utterances
