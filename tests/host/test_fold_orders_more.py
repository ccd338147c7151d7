"""The table against a fold in stamp order, on more sequences than every interpreter can be asked for."""
import pytest
from tests.core.test_fold_orders import SEQUENCES, check

pytestmark = pytest.mark.slow

MORE = 100


def test_the_table_does_not_depend_on_the_order_of_arrival_in_more_sequences():
    for seed in range(SEQUENCES, SEQUENCES + MORE):
        check(seed)
