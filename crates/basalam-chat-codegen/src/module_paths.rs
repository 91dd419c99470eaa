//! Rewrite of paths, so generated modules compile as siblings inside any module of any crate.

use syn::visit_mut::VisitMut;
use syn::{Ident, ItemMod, Path, parse_quote};

/// Replaces `crate` by the parent module of the generated files, and escapes `gen`.
pub(crate) fn rewrite(file: &mut syn::File) {
    MakeRelative { depth: 1 }.visit_file_mut(file);
}

struct MakeRelative {
    /// Number of modules between the visited code and the parent module.
    depth: usize,
}

impl VisitMut for MakeRelative {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        self.depth += 1;
        syn::visit_mut::visit_item_mod_mut(self, module);
        self.depth -= 1;
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        if path.leading_colon.is_none() && path.segments[0].ident == "crate" {
            let inner = path.segments.iter().skip(1);
            let parents = std::iter::repeat_n(parse_quote!(super), self.depth);
            path.segments = parents.chain(inner.cloned()).collect();
        }
        syn::visit_mut::visit_path_mut(self, path);
    }

    /// progenitor and typify do not know this keyword of Rust 2024.
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if name == "gen" {
            *name = Ident::new_raw("gen", name.span());
        }
    }
}
