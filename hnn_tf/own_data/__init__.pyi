from .fit_measurements import fit_measurements as fit_measurements
from .fit_report import report_contents as report_contents
from .measured_fit import MeasuredFit as MeasuredFit
