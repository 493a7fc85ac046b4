#pragma once
#include <libpq-fe.h>

// PG_DIAG_* are character constants, which Swift imports as CChar: PQresultErrorField wants an int.
static const int upa_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int upa_diag_detail = PG_DIAG_MESSAGE_DETAIL;
static const int upa_diag_message = PG_DIAG_MESSAGE_PRIMARY;
