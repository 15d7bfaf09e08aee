"""The rules for buying domain names as a team. Imports no chat, registrar client or database."""
