"""Every integrator on true systems, beside exact solutions."""
