"""What the system says of a file or of a port, which is English, told in French."""

from __future__ import annotations

import errno

_SAID = {
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.ENOTDIR: "un dossier de ce chemin est un fichier",
    errno.EISDIR: "c'est un dossier",
    errno.EEXIST: "il existe déjà",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "plus de place sur le disque",
    errno.EDQUOT: "quota de disque atteint",
    errno.ENAMETOOLONG: "nom trop long",
    errno.ELOOP: "trop de liens symboliques",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.EIO: "le disque ne répond pas",
    errno.EADDRINUSE: "adresse déjà prise",
}


def reason(error: OSError) -> str:
    """Why, in a few French words; the name of the error where there are none for it."""
    number = error.errno or 0
    return _SAID.get(number) or f"erreur {errno.errorcode.get(number, 'inconnue')} du système"
