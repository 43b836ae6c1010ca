from .contents import found as found
from .contents import left_out as left_out
from .contents import study_figures as study_figures
from .contents import study_findings as study_findings
from .contents import study_tables as study_tables
from .findings import Finding as Finding
from .findings import as_list as as_list
