"""The ports: the domain's interfaces to a registrar, a store and a chat."""
