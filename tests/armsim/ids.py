"""Resource ids and request paths, taken apart; everything compares without case."""

from dataclasses import dataclass
from functools import lru_cache

EXTENSION = '/providers/microsoft.authorization/'


@dataclass(frozen=True)
class Target:
    """What a path points at: `shape` with `{}` for each name is the key into the routes, `names` are those names.

    `scope` is filled for paths that hang a Microsoft.Authorization resource on another scope.
    """

    path: str
    shape: str
    names: tuple[str, ...]
    scope: str | None = None

    @property
    def subscription(self) -> str:
        """The subscription id in lower case, '' where there is none."""
        parts = (self.path if self.scope is None else self.scope).split('/')
        return parts[2].lower() if len(parts) > 2 and parts[1].lower() == 'subscriptions' else ''

    @property
    def group(self) -> str:
        """The resource group's name as written, '' where there is none."""
        parts = (self.path if self.scope is None else self.scope).split('/')
        return parts[4] if len(parts) > 4 and parts[3].lower() == 'resourcegroups' else ''


@lru_cache(maxsize=4096)
def parse_path(path: str) -> Target:
    """Take a request path apart."""
    path = '/' + path.strip('/')
    cut = path.lower().rfind(EXTENSION)
    if cut >= 0:
        shape, names = _shape(path[cut:])
        return Target(path, '{scope}/' + shape, names, path[:cut])
    shape, names = _shape(path)
    return Target(path, shape, names)


def _shape(path: str) -> tuple[str, tuple[str, ...]]:
    parts = path.strip('/').split('/')
    shape: list[str] = []
    names: list[str] = []
    for index in range(0, len(parts), 2):
        keyword, value = parts[index].lower(), parts[index + 1 : index + 2]
        shape.append(keyword)
        if keyword == 'providers' and value:
            shape.append(value[0].lower())
        elif value:
            shape.append('{}')
            names.append(value[0])
    return '/'.join(shape), tuple(names)


def parent(resource_id: str, levels: int = 1) -> str:
    """The id of the resource above, e.g. of the VNet of a subnet."""
    return resource_id.rsplit('/', 2 * levels)[0]


def name_of(resource_id: str) -> str:
    """The last name in an id."""
    return resource_id.rsplit('/', 1)[-1]


def resource_type(resource_id: str) -> str:
    """The type in a resource id as it is written there, e.g. Microsoft.Network/virtualNetworks/subnets; else ''."""
    parts = resource_id.strip('/').split('/')
    places = [index for index, part in enumerate(parts) if part.lower() == 'providers']
    if not places or len(parts) < places[-1] + 3:
        return ''
    rest = parts[places[-1] + 1 :]
    return '/'.join([rest[0], *rest[1::2]])


def is_under(scope: str, resource_id: str) -> bool:
    """Whether `resource_id` is `scope` or lies below it; both may be in any case."""
    scope, resource_id = scope.lower().rstrip('/'), resource_id.lower()
    return resource_id == scope or resource_id.startswith(scope + '/')
