"""Site files: read, checked, and compiled to what each controller gets.

site = load("hq.toml")          a Site, or SiteError with every fault
part = parts(site)["c1"]        what controller c1 gets
"""

from tools.site.check import load, parse
from tools.site.compiler.parts import parts
from tools.site.errors import Fault, SiteError
from tools.site.model import Site

__all__ = ["Fault", "Site", "SiteError", "load", "parse", "parts"]
