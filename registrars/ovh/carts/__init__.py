"""OVH's carts: building them, what they require, their quotes and rejections."""
