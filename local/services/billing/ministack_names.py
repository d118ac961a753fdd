"""What these files lean on in MiniStack, and what to look at when it moves."""

from local.ministack_names import PrivateName

_SAME = "do its records still have what local/services/billing/"

PRIVATE_NAMES = (
    PrivateName("ministack.services.efs", "_file_systems", None, f"{_SAME}traffic.py reads?"),
    PrivateName("ministack.services.servicediscovery", "_namespaces", None, f"{_SAME}standing.py reads?"),
    PrivateName("ministack.services.waf", "_web_acls", None, f"{_SAME}standing.py reads?"),
)
