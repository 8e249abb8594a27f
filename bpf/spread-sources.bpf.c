// SPDX-License-Identifier: MIT OR GPL-2.0
// Connections to some destinations leave from several source addresses: each from the one whose lane has the fewest used
// slots. bpf_bind() with port 0 binds the address only: the kernel chooses the port when it knows the destination, as with
// IP_BIND_ADDRESS_NO_PORT.
#include "lanes.h"

static __always_inline int lane_index(const struct ends *ends)
{
	__u32 *group = bpf_map_lookup_elem(&group_numbers, &ends->destination);
	if (!group) return -1;
	struct settings *set = the_settings();
	if (!set) return -1;
	__u32 *number = bpf_map_lookup_elem(&choice_numbers, &ends->source);
	if (number) return *group * set->choices + *number;
	/* A prefix is the only choice. */
	__u32 first = 0;
	struct choice *prefix = bpf_map_lookup_elem(&choices, &first);
	if (!prefix) return -1;
	__u32 has_random_bits = 0;
	for (int i = 0; i < 4; i++) {
		__u32 random = prefix->random_bits.word[i];
		has_random_bits |= random;
		if ((ends->source.address.word[i] & ~random) != prefix->endpoint.address.word[i]) return -1;
	}
	return has_random_bits ? (int)(*group * set->choices) : -1;
}

/* The source address of a choice; one of its prefix. */
static __always_inline int read_source(__u32 number, struct address *into)
{
	struct choice *choice = bpf_map_lookup_elem(&choices, &number);
	if (!choice) return -1;
	for (int i = 0; i < 4; i++) {
		__u32 random = choice->random_bits.word[i];
		into->word[i] = choice->endpoint.address.word[i];
		if (random) into->word[i] |= bpf_get_prandom_u32() & random;
	}
	return 0;
}

static __always_inline long bind_source(struct bpf_sock_addr *context, const struct address *source)
{
	if (context->family == AF_INET) {
		struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr = source->word[3] };
		return bpf_bind(context, &name, sizeof name);
	}
	struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
	for (int i = 0; i < 4; i++) name.sin6_addr[i] = source->word[i];
	return bpf_bind(context, &name, sizeof name);
}

static __always_inline void spread(struct bpf_sock_addr *context, const struct endpoint *to, int is_bound)
{
	struct counts *count = the_counts();
	struct settings *set = the_settings();
	if (!count || !set) return;
	/* The second time where the kernel did not take the first: that address has gone. */
	for (int attempt = 0; attempt < 2; attempt++) {
		__u32 group;
		int number = choose(context, to, &group);
		if (number < 0) return;
		if (is_bound) {
			add(&count->bound_before, 1);
			return;
		}
		struct address source;
		if (read_source(number, &source) < 0) return;
		if (bind_source(context, &source) == 0) {
			add(&count->spread, 1);
			return;
		}
		add(&count->bind_failed, 1);
		if (group != NO_GROUP) set_full(group, number, set);
	}
}

SEC("cgroup/connect4")
int ft_src_connect4(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint to;
	read_ipv4(context, &to);
	spread(context, &to, sk->src_ip4 != 0 || sk->src_port != 0);
	return 1;
}

SEC("cgroup/connect6")
int ft_src_connect6(struct bpf_sock_addr *context)
{
	struct bpf_sock *sk = (struct bpf_sock *)context->sk;
	if (context->protocol != IPPROTO_TCP || !sk) return 1;
	struct endpoint to;
	read_ipv6(context, &to);
	int is_bound = (sk->src_ip6[0] | sk->src_ip6[1] | sk->src_ip6[2] | sk->src_ip6[3]) != 0 || sk->src_port != 0;
	spread(context, &to, is_bound);
	return 1;
}
