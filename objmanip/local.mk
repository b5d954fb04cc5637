# filled by this directory
