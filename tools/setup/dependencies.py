"""Print the pinned requirements of pyproject.toml, one per line: of the product, or of the named dependency groups."""
import sys
import tomllib


def requirements(project: dict, groups: list[str]) -> list[str]:
    """What to install for `groups`; for none, what the product itself needs."""
    if not groups:
        return project["project"]["dependencies"]
    return [line for group in groups for line in project["dependency-groups"][group]]


if __name__ == "__main__":
    with open("pyproject.toml", "rb") as file:
        print("\n".join(requirements(tomllib.load(file), sys.argv[1:])))
