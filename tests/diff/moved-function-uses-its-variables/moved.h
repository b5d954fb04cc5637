static int total = 3;

int tally(int i)
{
	return total += i;
}

int clear(void)
{
#ifdef POST
	consume(total);
#endif
	total = 0;
	return 1;
}
