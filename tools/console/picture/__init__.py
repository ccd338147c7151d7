"""What the history means now: the same fold as on the boards, over all of a site, with its checkpoints in the database.

    picture = Picture(site, history, numbers, replica.peers)
    picture.take()                  # whenever something was appended
    picture.violations(); picture.inside("office"); picture.preview("office", {"anti_passback": "hard"}, 30)
"""
from tools.console.picture.findings import Finding, findings
from tools.console.picture.picture import Picture

__all__ = ["Finding", "Picture", "findings"]
