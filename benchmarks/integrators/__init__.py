"""Every integrator on true systems, compared with exact solutions."""
