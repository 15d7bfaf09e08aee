"""OVH's answers as typed models, one module for each topic. `read` is the only way in."""
