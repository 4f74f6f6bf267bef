"""Who is there, who belongs to whom, and how that changes without counting anybody twice."""
