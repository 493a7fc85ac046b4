// The header is all there is: SwiftPM wants one source file to make a module of it.
#include "CPosix.h"
