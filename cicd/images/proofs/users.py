"""Who an image runs as."""

from __future__ import annotations


def explain_root(user: str, passwd: str) -> str:
    """Why this user is not one to run as; "" when it is. `user` is the image's own setting,
    a name or a number, perhaps with a group: "app", "1000:1000"."""
    name = user.partition(":")[0].strip()
    if not name:
        return "it runs as root: no USER is set"
    if name.isdigit():
        return "it runs as root: USER is 0" if int(name) == 0 else ""
    number = read_uid(name, passwd)
    if name == "root" or number == 0:
        return f"it runs as root: USER is {name}" + (", which is 0" if name != "root" else "")
    if number is None:
        return f"USER is {name}, and /etc/passwd has no such user: it cannot start"
    return ""


def read_uid(name: str, passwd: str) -> int | None:
    """A user's number in `/etc/passwd`."""
    for line in passwd.splitlines():
        fields = line.split(":")
        if fields[0] == name and len(fields) > 2 and fields[2].isdigit():
            return int(fields[2])
    return None
