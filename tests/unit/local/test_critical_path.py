"""How the demo tells the control plane's own time from the cloud's."""

from local.demo.timing import Leg, Life, critical_path, most_at_once, out_of_order
from stargate.domain.gateway.graph import Graph, Node

GRAPH = Graph(
    (Node("ground"), Node("shed", ("ground",)), Node("house", ("ground",)), Node("roof", ("house",)))
)


def lives(**moments):
    return {name: Life(*moment) for name, moment in moments.items()}


def test_the_path_goes_through_the_needs_that_stood_last():
    """The shed is off the path: the roof waited for the house, the house for the ground."""
    found = critical_path(GRAPH, lives(ground=(2, 10), shed=(11, 15), house=(13, 40), roof=(41, 50)), [0])
    assert found == [Leg("ground", 2), Leg("house", 3), Leg("roof", 1)]


def test_a_node_made_by_a_later_request_waits_for_that_request():
    """What was asked for again at 60 cannot have been late before 60."""
    found = critical_path(GRAPH, lives(ground=(2, 10), shed=(11, 15), house=(13, 40), roof=(62, 70)), [0, 60])
    assert found == [Leg("roof", 2)]


def test_a_later_request_that_nothing_waited_for_is_not_on_the_path():
    """The house was in the making all along, so the request at 20 delayed nothing."""
    found = critical_path(GRAPH, lives(ground=(2, 10), shed=(25, 30), house=(13, 40), roof=(44, 50)), [0, 20])
    assert found == [Leg("ground", 2), Leg("house", 3), Leg("roof", 4)]


def test_nodes_in_the_making_at_the_same_time_are_counted():
    """One that ends as another begins is not beside it."""
    assert most_at_once([Life(0, 10), Life(10, 20), Life(5, 12), Life(11, 13)]) == 3


def test_order_is_held_against_the_graph():
    """A roof begun before the house stands is named."""
    early = out_of_order(GRAPH, lives(ground=(2, 10), shed=(11, 15), house=(13, 40), roof=(39, 50)))
    assert early == ["roof before house"]
