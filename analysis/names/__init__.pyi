from .gazetteer import gazetteer_of as gazetteer_of
from .gazetteer import load_gazetteer as load_gazetteer
from .mentions import co_mentions as co_mentions
from .mentions import mention_rates as mention_rates
from .mentions import shared_names as shared_names
from .mentions import who_mentions_whom as who_mentions_whom
from .recognition import entities as entities
from .unlisted import to_check as to_check
