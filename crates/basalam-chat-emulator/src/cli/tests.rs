use clap::CommandFactory;

use super::*;

#[test]
fn every_option_has_an_environment_variable() {
    Arguments::command().debug_assert();
    let command = Arguments::command();
    let options: Vec<_> = command.get_arguments().collect();
    assert!(options.len() > 30);
    for option in options {
        let name = option.get_long().unwrap();
        if ["help", "version"].contains(&name) {
            continue;
        }
        let variable = format!("BASALAM_EMULATOR_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(option.get_env().unwrap().to_str(), Some(&*variable));
    }
}
