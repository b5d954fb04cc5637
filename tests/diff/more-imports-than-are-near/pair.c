/*
 * More pointers in .toc than 16 bits reach: calls go by the module loader's stubs; but what a return loads is in reach.  They are of
 * 9000 variables.
 */
#include "kernel.h"

#define A(m, p) m(p##1) m(p##2) m(p##3) m(p##4) m(p##5) m(p##6) m(p##7) m(p##8) m(p##9)
#define B(m, p) A(m, p##0) A(m, p##1) A(m, p##2) A(m, p##3) A(m, p##4) A(m, p##5) A(m, p##6) A(m, p##7) A(m, p##8) A(m, p##9)
#define C(m, p) B(m, p##0) B(m, p##1) B(m, p##2) B(m, p##3) B(m, p##4) B(m, p##5) B(m, p##6) B(m, p##7) B(m, p##8) B(m, p##9)
#define D(m, p) C(m, p##0) C(m, p##1) C(m, p##2) C(m, p##3) C(m, p##4) C(m, p##5) C(m, p##6) C(m, p##7) C(m, p##8) C(m, p##9)

#define DECLARED(name) extern volatile int name;
#define READ(name) (void)name;

D(DECLARED, v)
extern void called(void);

int f(int i)
{
	D(READ, v)
	called();
#ifdef POST
	i++;
#endif
	return i;
}
