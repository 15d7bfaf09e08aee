"""The rules of buying domain names together. Knows no chat, no registrar's wire, no database."""
