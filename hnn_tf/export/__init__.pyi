from .graph_model import write_graph_model as write_graph_model
from .saved_model import describe as describe
from .saved_model import export_model as export_model
from .saved_model import load_model as load_model
