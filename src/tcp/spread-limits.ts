/** How many addresses or endpoints the connections of one spread choose from at most: each connect() looks at all of them. */
export const MOST_CHOICES = 256;

/** How many destination rules a spread has at most: each connect() of the cgroup looks at all of them. */
export const MOST_RULES = 32;
