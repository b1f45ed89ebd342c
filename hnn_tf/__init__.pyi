from . import closed_form as closed_form
from . import data as data
from . import derivative_estimators as derivative_estimators
from . import evaluation as evaluation
from . import export as export
from . import figures as figures
from . import integrators as integrators
from . import models as models
from . import objectives as objectives
from . import optimizers as optimizers
from . import own_data as own_data
from . import phase_space as phase_space
from . import reports as reports
from . import systems as systems
from .fitted_model import FittedModel as FittedModel
from .fitting import fit as fit
from .input_error import InputError as InputError
from .input_error import InputWarning as InputWarning
from .input_error import OptionError as OptionError
from .models import (
    MLP as MLP,
)
from .models import (
    BaselineNetwork as BaselineNetwork,
)
from .models import (
    ConstantMassMatrix as ConstantMassMatrix,
)
from .models import (
    HamiltonianNetwork as HamiltonianNetwork,
)
from .models import (
    LagrangianNetwork as LagrangianNetwork,
)
from .models import (
    LatentHamiltonianNetwork as LatentHamiltonianNetwork,
)
from .models import (
    LinearFriction as LinearFriction,
)
from .models import (
    LinearInput as LinearInput,
)
from .models import (
    MassMatrix as MassMatrix,
)
from .models import (
    MechanicalHamiltonian as MechanicalHamiltonian,
)
from .models import (
    MechanicalVelocityNetwork as MechanicalVelocityNetwork,
)
from .models import (
    MLPDissipation as MLPDissipation,
)
from .models import (
    MLPEnergy as MLPEnergy,
)
from .models import (
    MLPHamiltonian as MLPHamiltonian,
)
from .models import (
    MLPInput as MLPInput,
)
from .models import (
    MLPLagrangian as MLPLagrangian,
)
from .models import (
    MLPMassMatrix as MLPMassMatrix,
)
from .models import (
    ModelOptions as ModelOptions,
)
from .models import (
    PairwiseHamiltonian as PairwiseHamiltonian,
)
from .models import (
    PeriodicCoordinates as PeriodicCoordinates,
)
from .models import (
    QuadraticKinetic as QuadraticKinetic,
)
from .models import (
    RandomFeatureEnergy as RandomFeatureEnergy,
)
from .models import (
    RandomFeatureHamiltonian as RandomFeatureHamiltonian,
)
from .models import (
    RandomFeatureMassMatrix as RandomFeatureMassMatrix,
)
from .models import (
    RandomFeatureMechanicalHamiltonian as RandomFeatureMechanicalHamiltonian,
)
from .models import (
    SeparableHamiltonian as SeparableHamiltonian,
)
from .models import (
    TimeReversibleHamiltonian as TimeReversibleHamiltonian,
)
from .numerics import activations as activations
from .numerics.substeps import IntegrationWarning as IntegrationWarning
from .numerics.symplectic_gradient import symplectic_gradient as symplectic_gradient
from .objectives import ObjectiveOptions as ObjectiveOptions
from .rollouts.energy_change import change_energy as change_energy
from .rollouts.rollout import rollout as rollout
from .rollouts.rollout_at_times import rollout_at_times as rollout_at_times
from .rollouts.solution import NotSolvedError as NotSolvedError
from .training.best_weights import BestWeights as BestWeights
from .training.early_stopping import EarlyStopping as EarlyStopping
from .training.training_loop import TrainingLoop as TrainingLoop
from .training.training_options import TrainingOptions as TrainingOptions
from .training.warm_start import warm_start as warm_start
from .training_failed import TrainingFailedError as TrainingFailedError
from .version import __version__ as __version__
