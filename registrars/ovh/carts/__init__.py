"""OVH's carts: building them, their requirements, quotes and rejections."""
