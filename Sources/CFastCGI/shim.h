#pragma once
// fcgi_stdio.h would redefine printf and friends: only the application interface is wanted.
#include <fcgiapp.h>
