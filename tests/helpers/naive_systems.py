"""Systems whose H and time derivative are written by hand in NumPy, from the motion of their masses."""

import itertools

import numpy as np


def bodies_energy(state, masses, g, softening):
    q, p = state.reshape(2, 2, len(masses), -1)
    energy = sum((p[:, i] ** 2).sum(0) / (2 * mass) for i, mass in enumerate(masses))
    for i, j in itertools.combinations(range(len(masses)), 2):
        distance = np.sqrt(((q[:, i] - q[:, j]) ** 2).sum(0) + softening**2)
        energy = energy - g * masses[i] * masses[j] / distance
    return energy


def bodies_motion(state, masses, g, softening):
    q, p = state.reshape(2, 2, len(masses), -1)
    velocity = np.stack([p[:, i] / mass for i, mass in enumerate(masses)], 1)
    force = np.zeros_like(q)
    for i, j in itertools.permutations(range(len(masses)), 2):
        distance = np.sqrt(((q[:, i] - q[:, j]) ** 2).sum(0) + softening**2)
        force[:, i] += g * masses[i] * masses[j] * (q[:, j] - q[:, i]) / distance**3
    return np.concatenate([velocity, force]).reshape(state.shape)


def double_pendulum(q_1, q_2, p_1, p_2):
    """H, and the motion by differences of angles and a linear solve, for other parameters than the defaults."""
    m_1, m_2, l_1, l_2, g = 0.9, 1.4, 1.1, 0.7, 2.3
    mixed = m_2 * l_1 * l_2 * np.cos(q_1 - q_2)
    ones = np.ones_like(q_1)
    matrix = np.stack([(m_1 + m_2) * l_1**2 * ones, mixed, mixed, m_2 * l_2**2 * ones], -1).reshape(-1, 2, 2)
    velocity = np.linalg.solve(matrix, np.stack([p_1, p_2], -1)[..., np.newaxis])[..., 0].T
    energy = (p_1 * velocity[0] + p_2 * velocity[1]) / 2 + (m_1 + m_2) * g * l_1 * (1 - np.cos(q_1))
    energy = energy + m_2 * g * l_2 * (1 - np.cos(q_2))
    # dp/dt = dL/dq of the Lagrangian.
    force = m_2 * l_1 * l_2 * velocity[0] * velocity[1] * np.sin(q_1 - q_2)
    forces = -force - (m_1 + m_2) * g * l_1 * np.sin(q_1), force - m_2 * g * l_2 * np.sin(q_2)
    return energy, (*velocity, *forces)


def cart_pole(x, theta, p_x, p_theta):
    """H, dx/dt and dtheta/dt from the velocity of the pole's mass."""
    cart, mass, length, gravity = 0.9, 0.4, 0.7, 2.3
    matrix = np.empty([len(x), 2, 2])
    # The mass moves with (v + l w cos theta, l w sin theta).
    matrix[:, 0, 0] = cart + mass
    matrix[:, 0, 1] = matrix[:, 1, 0] = mass * length * np.cos(theta)
    matrix[:, 1, 1] = mass * length**2 * (np.cos(theta) ** 2 + np.sin(theta) ** 2)
    v, w = np.linalg.solve(matrix, np.stack([p_x, p_theta], -1)[..., np.newaxis])[..., 0].T
    square = (v + length * w * np.cos(theta)) ** 2 + (length * w * np.sin(theta)) ** 2
    return (cart * v**2 + mass * square) / 2 + mass * gravity * length * (1 - np.cos(theta)), v, w


def cart_pole_motion(x, theta, p_x, p_theta, force):
    """Friction 0.2 of the cart, and 0.05 of the joint."""
    _, v, w = cart_pole(x, theta, p_x, p_theta)
    # dp/dt = dL/dq of the Lagrangian.
    torque = -0.4 * 0.7 * v * w * np.sin(theta) - 0.4 * 2.3 * 0.7 * np.sin(theta)
    return v, w, force - 0.2 * v, torque - 0.05 * w


def arm(q_1, q_2, p_1, p_2):
    """H and the angular velocities, of links whose centres and inertias are those of two point masses each.

    The first link has 0.6 kg at 0.3 m and 0.5 kg at 1.1 m from its joint, and the second 0.4 kg at 0.2 m and 0.3 kg at
    0.9 m. The second joint is 0.8 m from the first. g = 2.3.
    """
    kinetic, potential = np.zeros([len(q_1), 2, 2]), 0.0
    for mass, of_first, of_second in [(0.6, 0.3, 0.0), (0.5, 1.1, 0.0), (0.4, 0.8, 0.2), (0.3, 0.8, 0.9)]:
        # Derivatives of x and y of each mass by both angles.
        x_2, y_2 = of_second * np.cos(q_1 + q_2), of_second * np.sin(q_1 + q_2)
        jacobian = np.array([[of_first * np.cos(q_1) + x_2, x_2], [of_first * np.sin(q_1) + y_2, y_2]])
        kinetic += mass * np.einsum("kib,kjb->bij", jacobian, jacobian)
        potential = potential + mass * 2.3 * (of_first * (1 - np.cos(q_1)) + of_second * (1 - np.cos(q_1 + q_2)))
    momenta = np.stack([p_1, p_2], -1)
    velocities = np.linalg.solve(kinetic, momenta[..., np.newaxis])[..., 0]
    return np.sum(momenta * velocities, -1) / 2 + potential, *velocities.T


def arm_motion(q_1, q_2, p_1, p_2, u_1, u_2):
    """Friction 0.1 and 0.2 in the joints."""
    _, v_1, v_2 = arm(q_1, q_2, p_1, p_2)
    upper, lower = (0.6 * 0.3 + 0.5 * 1.1 + 0.7 * 0.8) * 2.3, (0.4 * 0.2 + 0.3 * 0.9) * 2.3
    # dp/dt = dL/dq of the Lagrangian, in which only M_11 and M_12 depend on q_2.
    change = -(0.4 * 0.2 + 0.3 * 0.9) * 0.8 * np.sin(q_2)
    force_2 = change * (v_1**2 + v_1 * v_2) - lower * np.sin(q_1 + q_2)
    force_1 = -upper * np.sin(q_1) - lower * np.sin(q_1 + q_2)
    return v_1, v_2, force_1 - 0.1 * v_1 + u_1, force_2 - 0.2 * v_2 + u_2


def link(*masses_and_distances):
    """The mass, centre and inertia about the centre of point masses on a line."""
    masses, distances = np.array(masses_and_distances).T
    centre = masses @ distances / masses.sum()
    return masses.sum(), centre, masses @ (distances - centre) ** 2


ARM = dict(zip(("mass_1", "centre_1", "inertia_1"), link((0.6, 0.3), (0.5, 1.1)), strict=True))
ARM |= dict(zip(("mass_2", "centre_2", "inertia_2"), link((0.4, 0.2), (0.3, 0.9)), strict=True))
ARM |= {"length_1": 0.8, "gravity": 2.3, "damping_1": 0.1, "damping_2": 0.2}
"""The parameters of the arm that `arm_motion` moves."""

CHAIN = (0.8, 1.7, 1.2), (0.5, 1.1, 0.9, 1.4)


def chain_energy(*state):
    q, p = np.stack(state).reshape(2, 3, -1)
    ends = [0 * q[0], *q, 0 * q[0]]
    energy = sum(p[i] ** 2 / (2 * mass) for i, mass in enumerate(CHAIN[0]))
    return energy + sum(k * (ends[j + 1] - ends[j]) ** 2 / 2 for j, k in enumerate(CHAIN[1]))


def chain_motion(*state):
    q, p = np.stack(state).reshape(2, 3, -1)
    ends, k = [0 * q[0], *q, 0 * q[0]], CHAIN[1]
    forces = [k[i + 1] * (ends[i + 2] - ends[i + 1]) - k[i] * (ends[i + 1] - ends[i]) for i in range(3)]
    return (*(p[i] / mass for i, mass in enumerate(CHAIN[0])), *forces)


# Two rows of three bodies.
SPRINGS = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]


def lattice_energy(*state):
    q, p = np.stack(state).reshape(2, 2, 6, -1)
    lengths = [np.hypot(*(q[:, j] - q[:, i])) for i, j in SPRINGS]
    return (p**2).sum((0, 1)) / 1.4 + sum(1.3 * (length - 0.8) ** 2 / 2 for length in lengths)


def lattice_motion(*state):
    q, p = np.stack(state).reshape(2, 2, 6, -1)
    forces = np.zeros_like(q)
    for i, j in SPRINGS:
        apart = q[:, j] - q[:, i]
        length = np.hypot(*apart)
        forces[:, i] += 1.3 * (length - 0.8) * apart / length
        forces[:, j] -= 1.3 * (length - 0.8) * apart / length
    return np.concatenate([p / 0.7, forces]).reshape(24, -1)


def chain_pendulum(masses, lengths, g, q, p):
    """H and the motion of a chain of pendulums in angles, from the Cartesian velocities of its masses."""
    count, n = len(q), len(masses)
    # dx_i/dq_j is l_j (cos q_j, sin q_j) for j <= i.
    along = np.stack([np.cos(q), np.sin(q)], -1) * np.asarray(lengths)[:, np.newaxis]
    slopes = np.zeros([count, n, 2, n])
    for i in range(n):
        for j in range(i + 1):
            slopes[:, i, :, j] = along[:, j]
    matrix = np.einsum("i,bixj,bixk->bjk", masses, slopes, slopes)
    rate = np.linalg.solve(matrix, p[..., np.newaxis])[..., 0]
    velocity = np.einsum("bixj,bj->bix", slopes, rate)
    height = np.cumsum(np.asarray(lengths) * (1 - np.cos(q)), -1)
    energy = np.sum(np.asarray(masses) * (np.sum(velocity**2, -1) / 2 + g * height), -1)
    turned = np.stack([-along[..., 1], along[..., 0]], -1) * rate[..., np.newaxis]
    force = np.zeros_like(q)
    for j in range(n):
        for i in range(j, n):
            force[:, j] += masses[i] * (np.sum(velocity[:, i] * turned[:, j], -1) - g * along[:, j, 1])
    return energy, np.concatenate([rate, force], -1)


def rods_motion(masses, dimension, rods, force, state):
    """The motion of points (q, p) with rods, from one system of equations for accelerations and tensions.

    A rod is (i, j, length) or (i, anchor, length).
    """
    q, p = np.split(np.stack(state, -1), 2, -1)
    n, m = q.shape[-1], np.repeat(masses, dimension)
    v, found = p / m, []
    for position, velocity, pull in zip(q, v, force(q), strict=True):
        x, u = position.reshape(-1, dimension), velocity.reshape(-1, dimension)
        rows, right = np.zeros([len(rods), n]), np.zeros(len(rods))
        for r, (i, other, _) in enumerate(rods):
            anchored = np.ndim(other) > 0
            apart = x[i] - (other if anchored else x[other])
            rate = u[i] - (0.0 if anchored else u[other])
            rows[r, i * dimension : (i + 1) * dimension] = apart
            if not anchored:
                rows[r, other * dimension : (other + 1) * dimension] = -apart
            right[r] = -rate @ rate
        whole = np.block([[np.diag(m), rows.T], [rows, np.zeros([len(rods)] * 2)]])
        acceleration = np.linalg.solve(whole, np.concatenate([pull, right]))[:n]
        found.append(np.concatenate([velocity, m * acceleration]))
    return tuple(np.array(found).T)


def weights(masses, dimension, g, axis):
    """The function of positions that returns the weights of points."""
    pull = np.zeros([len(masses), dimension])
    pull[:, axis] = -g * np.asarray(masses)
    return lambda q: np.broadcast_to(pull.ravel(), q.shape)


def points_energy(masses, dimension, g, axis, state):
    """H of points under gravity alone."""
    q, p = np.split(np.stack(state, -1), 2, -1)
    shape = (*q.shape[:-1], len(masses), dimension)
    q, p, m = q.reshape(shape), p.reshape(shape), np.asarray(masses)
    return np.sum(np.sum(p**2, -1) / (2 * m) + g * m * q[..., axis], -1)


def spring_energy(stiffness, distance, state):
    """The energy of the springs between neighbours of three points in space."""
    q = np.stack(state[:9], -1).reshape(-1, 3, 3)
    return sum(stiffness * (np.linalg.norm(q[:, i + 1] - q[:, i], axis=-1) - distance) ** 2 / 2 for i in range(2))


def coupled_force(masses, g, stiffness, distance):
    """The function of positions that returns weights and springs of three points in space."""

    def force(q):
        pull, x = np.array(weights(masses, 3, g, 2)(q)).reshape(-1, 3, 3), q.reshape(-1, 3, 3)
        for i in range(2):
            apart = x[:, i + 1] - x[:, i]
            length = np.sqrt(np.sum(apart**2, -1, keepdims=True))
            pull[:, i] += stiffness * (length - distance) * apart / length
            pull[:, i + 1] -= stiffness * (length - distance) * apart / length
        return pull.reshape(q.shape)

    return force
