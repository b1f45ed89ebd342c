from .library_tables import columns_of_dataset as columns_of_dataset
from .library_tables import is_date as is_date
from .library_tables import table_of_columns as table_of_columns
from .preparation import Preparation as Preparation
from .preparation import prepare as prepare
from .prepared import Prepared as Prepared
from .prepared import prepared as prepared
from .schema import Schema as Schema
