"""``QueriableStateStore`` as the host calls it."""

from wit_world.exports import queriable_state_store as wit

from plugbox import query, state
from plugbox.adapt import checked
from plugbox.adapt.made import Made
from plugbox.adapt.state_values import fallible
from plugbox.errors import InvalidArgument
from plugbox.strict import Json, parse_json

_COMPARISONS = {theirs: query.Comparison[theirs.name] for theirs in wit.Comparison}


class QueriableStateStore:
    def __init__(self, made: Made[state.QueriableStateStore]) -> None:
        self._made = made

    @fallible
    def query(self, request: wit.QueryRequest) -> wit.Page:
        page = self._made().query(
            query.Query(
                _filter(request.filter),
                [query.SortKey(key.path, key.descending) for key in request.sort],
                request.limit,
                request.token,
                dict(request.metadata),
            )
        )
        return wit.Page(
            [_found(found) for found in page.items],
            checked.optional_text(page.token, "a page's token"),
            checked.pairs(page.metadata, "a page's metadata"),
        )


def _found(found: query.Found) -> wit.Found:
    return wit.Found(
        checked.text(found.key, "the key of what was found"),
        checked.data(found.value, "the value of what was found"),
        checked.optional_text(found.etag, "the etag of what was found"),
        checked.optional_text(found.content_type, "the content type of what was found"),
    )


def _filter(nodes: list[wit.Node]) -> query.Filter | None:
    """The first node with all that belongs to it. Children stand later than their parents, so from the end on each finds its
    own made.
    """
    made: dict[int, query.Filter] = {}
    for place in reversed(range(len(nodes))):
        match nodes[place]:
            case wit.Node_AllOf(children):
                made[place] = query.AllOf(_parts(place, children, made))
            case wit.Node_AnyOf(children):
                made[place] = query.AnyOf(_parts(place, children, made))
            case wit.Node_Compare(compare):
                made[place] = query.Compare(compare.path, _COMPARISONS[compare.comparison], _value(compare.value))
            case wit.Node_OneOf(one_of):
                made[place] = query.OneOf(one_of.path, [_value(value) for value in one_of.values])
    return made.get(0)


def _parts(place: int, children: list[int], made: dict[int, query.Filter]) -> list[query.Filter]:
    for child in children:
        if child not in made:
            raise InvalidArgument(f"node {place} of the filter names node {child} as its child")
    return [made[child] for child in children]


def _value(value: wit.Value) -> Json:
    match value:
        case wit.Value_Null():
            return None
        case wit.Value_Json(text):
            try:
                return parse_json(text)
            except ValueError as error:
                raise InvalidArgument(f"a value of the filter is not JSON: {error}") from None
        case wit.Value_Boolean(held) | wit.Value_Integer(held) | wit.Value_Number(held) | wit.Value_Text(held):
            return held
